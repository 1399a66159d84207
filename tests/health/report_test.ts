import { assertEquals, assertMatch } from "@std/assert";
import { writeAlertsFile } from "../../src/health/alerts_file.ts";
import { type CheckResult, type Status, worstStatus } from "../../src/health/check.ts";
import { cureOf } from "../../src/health/cure.ts";
import { logTail } from "../../src/health/log_tail.ts";
import { isOutside, statusOf } from "../../src/health/range.ts";
import { reportText } from "../../src/health/report.ts";
import { span } from "../../src/health/words.ts";
import { MAIN } from "../commands/run_main.ts";

Deno.test("ranges mean what the monitoring plugins say", () => {
  const rows: readonly (readonly [string, number, boolean])[] = [
    ...[["10", -1, true], ["10", 0, false], ["10", 10, false], ["10", 10.1, true]] as const,
    ...[["10:", 9, true], ["10:", 10, false], ["~:10", -99, false], ["~:10", 11, true]] as const,
    ...[["10:20", 9, true], ["10:20", 20, false], ["@10:20", 15, true]] as const,
    ...[["@10:20", 21, false], ["-10:60", -11, true], ["-10:60", 0, false]] as const,
  ];
  for (const [range, value, isAlert] of rows) {
    assertEquals(isOutside(value, range), isAlert, `${value} in ${range}`);
  }
  assertEquals(statusOf(5, { warn: "3", crit: "6" }), "WARNING");
  assertEquals(statusOf(5, {}), "OK");
  assertEquals(worstStatus(["OK", "UNKNOWN", "WARNING"]), "UNKNOWN");
  assertEquals(worstStatus(["UNKNOWN", "CRITICAL"]), "CRITICAL");
});

const found = (status: Status, message = "all is said"): CheckResult => ({
  ...{ id: "submission", topicId: 67n, status, message },
  ...status === "OK" ? {} : { fix: "allora-pipeline history" },
});

Deno.test("the report: the worst first, perfdata that parsers know, and no bar in a message", () => {
  const results: CheckResult[] = [
    { id: "balance", status: "OK", message: "1 ALLO", value: 1e-7, unit: "ALLO", warn: "0.01:" },
    { ...found("WARNING", "a | b\u001b[2J"), value: 2, warn: "0", crit: "5" },
    { id: "disk", subject: "/a b", status: "OK", message: "room", value: 12, unit: "B" },
  ];
  const [head, ...lines] = reportText(results, false).trimEnd().split("\n");
  assertEquals(
    head,
    "WARNING - submission topic 67: a / b [2J (1 WARNING, 2 OK)" +
      " | 'balance'=0;0.01: 'submission topic 67'=2;0;5 'disk /a b'=12B",
  );
  assertMatch(lines[0]!, /^WARNING {2}submission topic 67 {2}a \/ b \[2J; to fix: allora-pipeline/);
  assertEquals(lines.length, 3);
  assertEquals(reportText([], false), "OK - all is well: \n");
});

Deno.test("the alerts file has a line for each change and no other, and the newest 1000 lines", () => {
  const dir = Deno.makeTempDirSync();
  try {
    const path = `${dir}/healthcheck_alerts.log`;
    const lines = () => Deno.readTextFileSync(path).trimEnd().split("\n");
    let nowMs = 1_700_000_000_000;
    const write = (...results: CheckResult[]) => writeAlertsFile(dir, results, nowMs += 1000);
    write(found("OK"));
    assertEquals(lines(), [""]);
    write(found("WARNING", "1 window missed: nobody came"));
    write(found("WARNING", "1 window missed: still nobody"));
    write(found("CRITICAL", "2 windows missed"));
    write(found("OK", "nonce 5 is in"));
    write(found("OK", "nonce 6 is in"));
    assertEquals(lines(), [
      "2023-11-14T22:13:22.000Z WARNING submission topic 67: 1 window missed: nobody came;" +
      " to fix: allora-pipeline history",
      "2023-11-14T22:13:24.000Z CRITICAL submission topic 67: 2 windows missed;" +
      " to fix: allora-pipeline history",
      "2023-11-14T22:13:25.000Z OK submission topic 67: nonce 5 is in",
    ]);
    write({ id: "submission", status: "UNKNOWN", message: "it was not done within 20 s" });
    write(found("OK"));
    const since = lines().slice(3).map((line) => line.slice(25));
    assertEquals(since, [
      "UNKNOWN submission: it was not done within 20 s",
      "OK submission: not found any more",
    ]);
    Deno.writeTextFileSync(path, "2023-11-14T22:13:25.000Z OK clock: it is right\n".repeat(1200));
    write(found("WARNING"));
    assertEquals(lines().length, 1000);
    assertMatch(lines().at(-1)!, /WARNING submission topic 67/);
    assertEquals(Deno.statSync(path).mode! & 0o777, 0o640);
    assertEquals([...Deno.readDirSync(dir)].length, 1);
    // What is wrong is not forgotten by what others have to say, and no look that failed ends it.
    const other = "2023-11-14T22:13:25.000Z OK clock: it is right\n";
    Deno.writeTextFileSync(path, Deno.readTextFileSync(path) + other.repeat(1200));
    write(found("WARNING"), { id: "disk", subject: "/var", status: "WARNING", message: "full" });
    assertEquals(lines().length, 1000);
    write({ id: "submission", status: "UNKNOWN", message: "it was not done within 20 s" });
    write(found("WARNING"));
    assertEquals(
      lines().filter((line) => /submission|disk/.test(line)).map((line) => line.slice(25)),
      [
        "WARNING submission topic 67: all is said; to fix: allora-pipeline history",
        "WARNING disk /var: full",
        "UNKNOWN submission: it was not done within 20 s",
        "OK disk /var: not found any more",
        "OK submission: not found any more",
      ],
    );
  } finally {
    Deno.removeSync(dir, { recursive: true });
  }
});

Deno.test("the last lines of a log are counted by level, however long the log is and whatever it holds", () => {
  const path = Deno.makeTempFileSync();
  try {
    const line = (level: string, message: string) =>
      JSON.stringify({ time: "2026-01-01T00:00:00.000Z", level, event: "e", message });
    const old = Array.from({ length: 9000 }, () => line("error", "x".repeat(100)));
    const recent = Array.from({ length: 95 }, () => line("info", "fine"));
    const bad = [line("warn", "a venue lags"), "no JSON", "null", line("error", "late"), "{"];
    Deno.writeTextFileSync(path, [...old, ...recent, ...bad].join("\n") + "\n");
    const { newest, ...counts } = logTail(path, 100);
    assertEquals(counts, { lines: 100, errors: 1, warnings: 1 });
    assertEquals(newest, "2026-01-01T00:00:00.000Z error: late");
    assertEquals(logTail(`${path}.none`, 100).lines, 0);
  } finally {
    Deno.removeSync(path);
  }
});

Deno.test("lengths of time are said in the unit a person would use", () => {
  const MIN = 60_000;
  assertEquals([900, 119_000, 2 * MIN, 90 * MIN, 150 * MIN, 72 * 60 * MIN].map(span), [
    ...["1 s", "119 s", "2 min", "90 min", "2.5 h", "3 d"],
  ]);
});

Deno.test("a cure is the command in a hint, where there is one", () => {
  for (
    const [hint, cure] of [
      ["Run: chmod 600 /x/mnemonic", "chmod 600 /x/mnemonic"],
      ["run allora-pipeline train --topic 1", "allora-pipeline train --topic 1"],
      ["run allora-pipeline submit, which brings it up to date", "allora-pipeline submit"],
      ["see allora-pipeline models --topic 1, or run it", "allora-pipeline models --topic 1"],
      ["Look at the owner and mode: ls -ld '/a b'", "ls -ld '/a b'"],
      ["Paste the key: (umask 077; cat > x)", "(umask 077; cat > x) # Paste the key"],
      ["name another in ALLORA_VENUES", "name another in ALLORA_VENUES"],
    ] as const
  ) assertEquals(cureOf(hint), cure);
});

Deno.test("two who write the alerts file at once lose nothing of each other", async () => {
  const dir = Deno.makeTempDirSync();
  const script = new URL("write_alerts_file.ts", import.meta.url).pathname;
  try {
    const children = [["a", "b"], ["b", "a"]].map((names) =>
      new Deno.Command(MAIN[0], { args: [...MAIN.slice(1, -1), script, dir, ...names] }).output()
    );
    assertEquals((await Promise.all(children)).map(({ code }) => code), [0, 0]);
    const text = Deno.readTextFileSync(`${dir}/healthcheck_alerts.log`);
    assertEquals(text.match(/ WARNING [ab] /g)?.length, 40);
  } finally {
    Deno.removeSync(dir, { recursive: true });
  }
});
