import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { PipelineError } from "../../src/errors.ts";
import { EVENTS } from "../../src/events.ts";
import { openJournal } from "../../src/host/journal.ts";
import { type Log, type LogOptions, openLog } from "../../src/logs/log.ts";
import { LogFile } from "../../src/logs/log_file.ts";
import { MESSAGE_IDS } from "../../src/logs/message_ids.ts";
import { canMount, fillDisk, onTmpfs, SKIPPED } from "../host/tmpfs.ts";
import { journalSocket } from "../host/journal_socket.ts";

interface Bench {
  readonly dir: string;
  readonly stderr: string[];
  open(options?: Partial<LogOptions>): Log;
  lines(name?: string): Record<string, unknown>[];
}

function withLog(body: (bench: Bench) => void | Promise<void>): () => Promise<void> {
  return async () => {
    const dir = `${Deno.makeTempDirSync({ prefix: "log-" })}/logs`;
    const stderr: string[] = [];
    try {
      await body({
        dir,
        stderr,
        open: (options) =>
          openLog({
            dir,
            level: "info",
            stderr: { write: (text) => stderr.push(text) },
            colour: false,
            nowMs: () => 1714554123456,
            ...options,
          }),
        lines: (name = "submission.log") =>
          Deno.readTextFileSync(`${dir}/${name}`).trimEnd().split("\n").map((line) =>
            JSON.parse(line)
          ),
      });
    } finally {
      Deno.removeSync(dir.replace(/\/logs$/, ""), { recursive: true });
    }
  };
}
const HASH = "0123456789ABCDEF".repeat(4);

Deno.test(
  "event() writes a JSON line to submission.log and a line for a person to stderr",
  withLog(({ open, lines, stderr }) => {
    using log = open();
    const fields = { topic: 1, nonce: 720n, tx_hash: HASH, fee_uallo: 2345n, low: -0.5 };
    log.event("submission.confirmed", fields);
    assertEquals(lines(), [{
      time: "2024-05-01T09:02:03.456Z",
      level: "info",
      event: "submission.confirmed",
      message: "submission successful",
      topic: 1,
      nonce: "720",
      tx_hash: HASH,
      fee_uallo: "2345",
      low: -0.5,
    }]);
    assertEquals(stderr, [
      `09:02:03 INFO  submission successful topic 1 nonce 720 tx_hash ${HASH} fee_uallo 2345 low -0.5\n`,
    ]);
  }),
);

Deno.test(
  "event() fills a message's fields in and shows a missing one as -",
  withLog(({ open, lines, stderr }) => {
    using log = open();
    log.event("window.open", { topic: 1, closes: 900n });
    log.event("window.open");
    assertEquals(lines().map(({ message }) => message), [
      "window open until block 900",
      "window open until block -",
    ]);
    assertEquals(stderr[0], "09:02:03 INFO  window open until block 900 topic 1\n");
  }),
);

Deno.test(
  "event() leaves out what is below the level, which an event may be given anew",
  withLog(({ open, lines, stderr }) => {
    using log = open();
    log.event("cycle.nothing_due", { topic: 1 });
    log.event("run.finished", {}, "debug");
    assertEquals(stderr, []);
    log.event("cycle.nothing_due", { topic: 1 }, "warn");
    assertEquals(lines().map(({ level }) => level), ["warn"]);
  }),
);

Deno.test(
  "event() never prints a mnemonic or a key, wherever it stands",
  withLog(({ open, lines, stderr, dir }) => {
    using log = open();
    const words = "test test test test test test test test test test test junk";
    const key = "0123456789abcdef".repeat(4);
    log.event("topic.failed", {
      error: new Error(`cannot sign with ${words}`),
      mnemonic: "short",
      nested: { list: words.split(" "), key, deep: [{ private_key: 7 }] },
      hash: key,
      bytes: new Uint8Array(32),
    });
    const all = Deno.readTextFileSync(`${dir}/submission.log`) + stderr.join("");
    assert(!/test test|junk|short|0123456789abcdef/.test(all), all);
    assertEquals(lines()[0]?.["nested"], {
      list: "[redacted]",
      key: "[redacted]",
      deep: [{ private_key: "[redacted]" }],
    });
    assertEquals(lines()[0]?.["bytes"], "[32 bytes]");
  }),
);

Deno.test(
  "event() writes one line whatever the values are",
  withLog(({ open, lines, stderr }) => {
    using log = open();
    const circular: Record<string, unknown> = {};
    circular["self"] = circular;
    log.event("endpoint.failed", {
      error: "line one\nline two \x1b[31mred\u2028",
      circular,
      nan: NaN,
      absent: undefined,
      nothing: null,
      at: new Date(0),
      event: "not the event",
      call: () => {},
    });
    const [line] = lines();
    assertEquals(line?.["event"] === "not the event", false);
    assertEquals([line?.["nan"], line?.["nothing"], line?.["at"]], [
      "NaN",
      null,
      "1970-01-01T00:00:00.000Z",
    ]);
    assert(line && !("absent" in line));
    assertMatch(stderr.join(""), /^[\P{Cc}]+\n$/u);
  }),
);

Deno.test(
  "a log goes on in a new submission.log when the old one is renamed or removed",
  withLog(({ open, lines, dir }) => {
    using log = open();
    using other = open();
    for (let i = 0; i < 4; i++) {
      if (i === 1) Deno.renameSync(`${dir}/submission.log`, `${dir}/rotated.log`);
      if (i === 3) Deno.removeSync(`${dir}/submission.log`);
      log.event("submission.sent", { i });
      other.event("submission.sent", { i });
    }
    assertEquals(lines("rotated.log").map(({ i }) => i), [0, 0]);
    assertEquals(lines().map(({ i }) => i), [3, 3]);
    assertEquals((Deno.statSync(`${dir}/submission.log`).mode ?? 0) & 0o137, 0);
  }),
);

Deno.test(
  "a log holds a shared lock, so that a rotated file is known to be still written to",
  withLog(({ open, dir }) => {
    const log = open();
    using file = Deno.openSync(`${dir}/submission.log`);
    assertEquals(file.tryLockSync(true), false);
    log[Symbol.dispose]();
    assertEquals(file.tryLockSync(true), true);
  }),
);

Deno.test(
  "a log that can no longer be written says so once and keeps telling stderr",
  withLog(({ open, dir, stderr }) => {
    using log = open();
    Deno.removeSync(`${dir}/submission.log`);
    Deno.mkdirSync(`${dir}/submission.log`);
    log.event("submission.sent");
    log.event("submission.sent");
    const complaints = stderr.filter((line) => line.startsWith("Cannot write submission.log: "));
    assertEquals([complaints.length, stderr.length], [1, 3]);
  }),
);

Deno.test({
  name:
    `a line that a full disk has cut takes no other with it, in this process or the next${SKIPPED}`,
  ignore: !canMount,
  fn: () =>
    onTmpfs("64k", (dir) => {
      const path = `${dir}/submission.log`;
      using first = new LogFile(path);
      using second = new LogFile(path);
      first.append("one");
      const filler = fillDisk(dir);
      const tooLong = "x".repeat(8192);
      assertThrows(() => first.append(tooLong), Error, "No space left");
      Deno.removeSync(filler);
      first.append("two");
      const filled = fillDisk(dir);
      assertThrows(() => first.append(tooLong), Error, "No space left");
      Deno.removeSync(filled);
      using third = new LogFile(path);
      third.append("three");
      second.append("four");
      first.append("five");
      const lines = Deno.readTextFileSync(path).split("\n");
      const whole = lines.filter((line) => !line.startsWith("x"));
      assertEquals(whole, ["one", "two", "three", "four", "five", ""]);
      assertEquals(lines.length, whole.length + 2);
      return Promise.resolve();
    }),
});

Deno.test(
  "openLog() throws when submission.log cannot be a file",
  withLog(({ open, dir }) => {
    Deno.mkdirSync(`${dir}/submission.log`, { recursive: true });
    const error = assertThrows(() => open(), PipelineError, "Cannot write");
    assertEquals(error.kind, "config");
  }),
);

Deno.test(
  "only the level is coloured, and only for the person",
  withLog(({ open, stderr, dir }) => {
    using log = open({ colour: true });
    log.event("daemon.stopped", { topics: 1 }, "error");
    assertEquals(stderr, [
      "09:02:03 \x1b[31mERROR\x1b[0m daemon stopped topics 1\n",
    ]);
    assert(!Deno.readTextFileSync(`${dir}/submission.log`).includes("\\u001b"));
  }),
);

Deno.test(
  "the journal gets events with their fields in place of the line for a person",
  withLog(async ({ open, lines, stderr, dir }) => {
    Deno.mkdirSync(dir);
    using socket = journalSocket(dir);
    await using journal = openJournal({ JOURNAL_STREAM: socket.stream }, socket.path)!;
    using log = open({ journal, colour: true });
    const words = "test ".repeat(11) + "junk";
    log.event("submission.confirmed", {
      ...{ topic: 67n, nonce: 720n, hash: HASH, value: "0.01", low: -0.5, event: "x", when: null },
      ...{ list: [1], error: `cannot\nsign with ${words}` },
    });
    assertEquals(await socket.entry(), {
      ALLORA_TOPIC_ID: "67",
      ALLORA_NONCE: "720",
      ALLORA_TX_HASH: HASH,
      ALLORA_PREDICTION: "0.01",
      ALLORA_LOW: "-0.5",
      ALLORA_ERROR: "cannot\nsign with [redacted]",
      MESSAGE:
        `submission successful topic 67 nonce 720 hash ${HASH} value 0.01 low -0.5 event x ` +
        'when null list [1] error "cannot sign with [redacted]"',
      MESSAGE_ID: MESSAGE_IDS["submission.confirmed"],
      PRIORITY: "6",
      SYSLOG_IDENTIFIER: "allora-pipeline",
      ALLORA_EVENT: "submission.confirmed",
    });
    log.event("submission.missed", { topic: 67n, reason: "no node answered" });
    assertEquals((await socket.entry())["PRIORITY"], "3");
    assertEquals([lines().length, stderr], [2, []]);
  }),
);

Deno.test(
  "a journal that takes nothing gets the line through stderr, with its level",
  withLog(async ({ open, lines, stderr, dir }) => {
    Deno.mkdirSync(dir);
    const { dev, ino } = Deno.statSync("/dev/stderr");
    const env = { JOURNAL_STREAM: `${dev}:${ino}` };
    {
      await using journal = openJournal(env, `${dir}/absent`)!;
      using log = open({ journal });
      log.event("venue.failed", { error: "two\nlines" });
      log.event("submission.sent", { topic: 1n });
    }
    assertEquals(stderr, ["<4>venue failed: two lines\n", "<6>submission sent topic 1\n"]);
    assertEquals(lines().length, 2);
  }),
);

Deno.test("every event's name is stable text, and the success of a submission can be grepped for", () => {
  for (const name of Object.keys(EVENTS)) assertMatch(name, /^[a-z]+([._][a-z]+)*$/);
  assertMatch(EVENTS["submission.confirmed"].message, /submission successful/);
});
