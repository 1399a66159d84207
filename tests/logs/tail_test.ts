import { assert, assertEquals } from "@std/assert";
import { realHost } from "../../src/host/host.ts";
import { LogFile } from "../../src/logs/log_file.ts";
import { personLine } from "../../src/logs/person_line.ts";
import { followLines, lastLines } from "../../src/logs/tail.ts";
import { rotationBench } from "./rotation_bench.ts";

Deno.test("lastLines() reads from the end, across blocks, and counts a piece without its newline", () => {
  using bench = rotationBench();
  assertEquals(lastLines(`${bench.dir}/submission.log`, 3), []);
  const of = (content: string, count: number) =>
    lastLines(bench.write("submission.log", content), count);
  assertEquals(of("", 3), []);
  assertEquals(of("a\n", 3), ["a"]);
  assertEquals(of("a\nb\nc\n", 2), ["b", "c"]);
  assertEquals(of("a\nb\nc", 2), ["b", "c"]);
  assertEquals(of("\n\n", 2), ["", ""]);
  assertEquals(of("\nx\n", 2), ["", "x"]);
  const long = Array.from({ length: 5000 }, (_, i) => `${i} ${"ü".repeat(i % 97)}`);
  for (const count of [1, 700, 4999, 5000, 9000]) {
    assertEquals(of(`${long.join("\n")}\n`, count), long.slice(-count));
  }
  const wide = ["x".repeat(200_000), "y".repeat(70_000)];
  assertEquals(of(`first\n${wide.join("\n")}\n`, 2), wide);
});

Deno.test("lastLines() looks back 16 MB and little further, and begins with a whole line", () => {
  using bench = rotationBench();
  const line = "x".repeat(999);
  const found = lastLines(bench.write("submission.log", `${line}\n`.repeat(20_000)), 100_000);
  assertEquals([...new Set(found)], [line]);
  assert(found.length >= 16_777 && found.length < 16_900, String(found.length));
});

Deno.test("followLines() goes on in the next log after a rotation, and loses none", async () => {
  using bench = rotationBench();
  const path = bench.write("submission.log", "0\n1\n2\n");
  const stop = new AbortController();
  const seen: string[] = [];
  const write = (count: number) => {
    using log = new LogFile(path);
    for (let i = 0; i < count; i++) log.append(String(last++));
  };
  let last = 3;
  // Beats faster than a person's follower, so that the test ends sooner.
  const host = { sleep: (_: number, signal?: AbortSignal) => realHost.sleep(5, signal) };
  for await (const line of followLines(path, 2, host, stop.signal)) {
    if (!line.startsWith("{")) seen.push(line);
    if (line === "2") write(10);
    if (line === "12") {
      write(5);
      await bench.rotate();
      write(5);
    }
    if (line === "22") {
      await bench.rotate();
      write(1);
    }
    if (line === "23") stop.abort();
  }
  assertEquals(seen, Array.from({ length: 23 }, (_, i) => String(i + 1)));
});

Deno.test("personLine() shows a line as the log does on stderr, and anything else as it is", () => {
  const line = {
    time: "2024-05-01T09:02:03.456Z",
    level: "warn",
    event: "window.open",
    message: "window open until block 900",
    closes: "900",
    topic: 1,
    list: ["a", "b c"],
  };
  assertEquals(
    personLine(JSON.stringify(line), true),
    '2024-05-01 09:02:03 \x1b[33mWARN \x1b[0m window open until block 900 topic 1 list "[\\"a\\",\\"b c\\"]"',
  );
  assertEquals(personLine("no JSON \x1b[2J", true), "no JSON  [2J");
  assertEquals(personLine('{"level":"constructor"}', false), '{"level":"constructor"}');
  assertEquals(personLine("null", false), "null");
});
