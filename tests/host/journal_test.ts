import { assert, assertEquals } from "@std/assert";
import { openJournal } from "../../src/host/journal.ts";
import { journalSocket } from "./journal_socket.ts";

async function inDir(test: (dir: string) => Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir({ prefix: "allora-journal-test-" });
  await test(dir).finally(() => Deno.remove(dir, { recursive: true }));
}

const never = () => {
  throw new Error("an entry was refused");
};

Deno.test("entries arrive in order, with any text in their values", () =>
  inDir(async (dir) => {
    using socket = journalSocket(dir);
    const journal = openJournal({ JOURNAL_STREAM: socket.stream }, socket.path)!;
    const values = ["plain", "two\nlines", "", "=\n=", "Größe €"];
    for (const value of values) journal.send({ MESSAGE: value, PRIORITY: "6" }, never);
    await journal[Symbol.asyncDispose]();
    for (const MESSAGE of values) assertEquals(await socket.entry(), { MESSAGE, PRIORITY: "6" });
  }));

Deno.test("a value too long for a datagram is cut", () =>
  inDir(async (dir) => {
    using socket = journalSocket(dir);
    await using journal = openJournal({ JOURNAL_STREAM: socket.stream }, socket.path)!;
    journal.send({ MESSAGE: "€".repeat(300_000), ALLORA_TOPIC_ID: "67" }, never);
    const { MESSAGE, ALLORA_TOPIC_ID } = await socket.entry();
    assertEquals([MESSAGE, ALLORA_TOPIC_ID], [`${"€".repeat(4096)}…`, "67"]);
  }));

Deno.test("there is no journal when stderr goes elsewhere, whatever the environment says", () => {
  for (const env of [{}, { JOURNAL_STREAM: "" }, { JOURNAL_STREAM: "1:2" }]) {
    assertEquals(openJournal(env), undefined);
  }
});

Deno.test("a journal that is gone refuses each entry, and takes the next when it is back", () =>
  inDir(async (dir) => {
    const before = journalSocket(dir);
    const { path } = before;
    await using journal = openJournal({ JOURNAL_STREAM: before.stream }, path)!;
    before[Symbol.dispose]();
    Deno.removeSync(path);
    const refused: string[] = [];
    const both = Promise.withResolvers<void>();
    for (const name of ["first", "second"]) {
      journal.send({ MESSAGE: name }, () => refused.push(name) === 2 && both.resolve());
    }
    await both.promise;
    assertEquals(refused, ["first", "second"]);
    using socket = journalSocket(dir);
    journal.send({ MESSAGE: "third" }, never);
    assertEquals(await socket.entry(), { MESSAGE: "third" });
  }));

Deno.test("a journal that hangs holds up nobody for longer than a second", () =>
  inDir(async (dir) => {
    using socket = journalSocket(dir);
    const journal = openJournal({ JOURNAL_STREAM: socket.stream }, socket.path)!;
    // More than the kernel queues for a reader that does not read.
    const queued = Number(await Deno.readTextFile("/proc/sys/net/unix/max_dgram_qlen")) + 1;
    const refused: number[] = [];
    const began = performance.now();
    for (let i = 0; i < queued + 5; i++) {
      journal.send({ MESSAGE: String(i) }, () => refused.push(i));
    }
    assert(performance.now() - began < 500, "sending waits for nobody");
    await journal[Symbol.asyncDispose]();
    const tookMs = performance.now() - began;
    assert(tookMs > 900 && tookMs < 2900, `${tookMs} ms`);
    assertEquals(refused, Array.from({ length: 5 }, (_, i) => queued + i));
    assertEquals(await socket.entry(), { MESSAGE: "0" });
  }));
