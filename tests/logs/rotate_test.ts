import { assert, assertEquals, assertRejects } from "@std/assert";
import { gzipSync } from "node:zlib";
import { PipelineError } from "../../src/errors.ts";
import { LogFile } from "../../src/logs/log_file.ts";
import { lockLogDirectory } from "../../src/logs/log_directory.ts";
import { pruneLogs, rotateLogs } from "../../src/logs/rotate.ts";
import { DAY_MS, NOW_MS, type RotationBench, rotationBench } from "./rotation_bench.ts";

const LINES = '{"event":"submission.sent"}\nplain text\n';
const ARCHIVE = "submission_20240501_090000.log.gz";

Deno.test("rotateLogs() puts the log into an archive of its time, and tells of it in a new log", async () => {
  using bench = rotationBench();
  const log = bench.write("submission.log", LINES);
  Deno.chmodSync(log, 0o604);
  Deno.utimeSync(log, 1_600_000_000, 1_600_000_000);
  const { archived } = await bench.rotate();
  const [archive] = archived;
  const { size, mode, mtime } = Deno.statSync(`${bench.dir}/${ARCHIVE}`);
  const facts = { archive: ARCHIVE, lines: 2, bytes: LINES.length };
  assertEquals(archive, { ...facts, compressedBytes: size });
  assertEquals([(mode ?? 0) & 0o777, mtime?.getTime()], [0o604, 1_600_000_000_000]);
  assertEquals(bench.read(ARCHIVE), LINES);
  assertEquals(bench.told, [["log.rotated", { ...facts, compressed_bytes: size }]]);
  assertEquals(bench.names(), ["submission.log", ARCHIVE]);
});

Deno.test("rotateLogs() leaves a log alone that is missing, empty, or holds only rotation's own lines", async () => {
  using bench = rotationBench();
  const nothing = { archived: [], postponed: [], pruned: [] };
  assertEquals(await bench.rotate(), nothing);
  assertEquals(bench.names(), []);
  bench.write("submission.log", "");
  assertEquals(await bench.rotate(), nothing);
  bench.write("submission.log", LINES);
  assertEquals((await bench.rotate()).archived.length, 1);
  assertEquals(await bench.rotate(), nothing);
  assertEquals(bench.names(), ["submission.log", ARCHIVE]);
  bench.write("submission.log", `${bench.read("submission.log")}half a li`);
  assertEquals((await bench.rotate()).archived[0]?.lines, 1);
});

Deno.test("rotateLogs() of a directory that is missing does nothing", async () => {
  using bench = rotationBench();
  Deno.removeSync(bench.dir);
  assertEquals((await bench.rotate()).archived, []);
  Deno.mkdirSync(bench.dir);
});

Deno.test("rotateLogs() gives two logs of one second, and of a clock put back, names of their own", async () => {
  using bench = rotationBench();
  const names: string[] = [];
  for (const [back, text] of [[0, "a\n"], [0, "b\n"], [0, "c\n"], [3_600_000, "d\n"]] as const) {
    bench.nowMs = NOW_MS - back;
    bench.write("submission.log", text);
    names.push(...(await bench.rotate()).archived.map(({ archive }) => archive));
  }
  assertEquals(names.map((name) => bench.read(name)), ["a\n", "b\n", "c\n", "d\n"]);
  assertEquals(names, [
    ARCHIVE,
    "submission_20240501_090000-1.log.gz",
    "submission_20240501_090000-2.log.gz",
    "submission_20240501_080000.log.gz",
  ]);
});

Deno.test("rotateLogs() compresses what a writer still has open only once it has let go", async () => {
  using bench = rotationBench();
  const writer = new LogFile(`${bench.dir}/submission.log`);
  writer.append("one");
  const segment = "submission_20240501_090000.log";
  assertEquals(await bench.rotate(), { archived: [], postponed: [segment], pruned: [] });
  assertEquals(bench.told, [["log.postponed", { segment }]]);
  writer.append("two");
  assertEquals((await bench.rotate()).archived.map(({ archive }) => archive), [ARCHIVE]);
  assertEquals(bench.read(ARCHIVE), "one\n");
  writer[Symbol.dispose]();
});

Deno.test("rotateLogs() finishes what a dead rotation left at each of its steps", async () => {
  using bench = rotationBench();
  const days = ["20240401", "20240402", "20240403", "20240404"].map((day) =>
    `submission_${day}_000000.log`
  );
  const [renamed, written, named, damaged] = days as [string, string, string, string];
  for (const name of days) bench.write(name, `${name}\n`);
  bench.write(`${written}.gz.tmp`, "half an arch");
  bench.write(`${named}.gz`, gzipSync(`${named}\n`));
  bench.write(`${damaged}.gz`, gzipSync(`${damaged}\n`).subarray(0, 20));
  const archives = (await bench.rotate()).archived.map(({ archive }) => archive);
  // The damaged one is somebody's to look at; what it should hold is in an archive of its own.
  assertEquals(archives, [`${renamed}.gz`, `${written}.gz`, `${named}.gz`, ARCHIVE]);
  assertEquals(archives.map((name) => bench.read(name)), days.map((name) => `${name}\n`));
  assertEquals(bench.names(), ["submission.log", ...archives, `${damaged}.gz`].sort());
});

Deno.test("rotateLogs() deletes archives whose name is more than the kept time old, and nothing else", async () => {
  using bench = rotationBench();
  const at = (ms: number) =>
    `submission_${new Date(ms).toISOString().replace(/[-:]|\.\d+Z/g, "").replace("T", "_")}.log.gz`;
  const kept = [at(NOW_MS - 30 * DAY_MS), at(NOW_MS + 400 * DAY_MS)];
  const old = [at(NOW_MS - 400 * DAY_MS), at(NOW_MS - 30 * DAY_MS - 1000)];
  const foreign = [
    "submission_20000101_000000.txt.gz",
    "submission_20001301_000000.log.gz",
    "x.gz",
  ];
  for (const name of [...kept, ...old, ...foreign]) bench.write(name, "x");
  assertEquals((await bench.rotate()).pruned, old);
  assertEquals(bench.names(), [...kept, ...foreign, "submission.log"].sort());
  assertEquals(bench.told, [["log.pruned", { archives: 2, oldest: old[0], newest: old[1] }]]);
  assertEquals((await bench.rotate()).archived, []);
  assertEquals(pruneLogs(bench.options, DAY_MS), [kept[0]!]);
});

Deno.test("rotateLogs() keeps every archive when the clock is put 60 days ahead, and when it is put back", async () => {
  using bench = rotationBench();
  const rotateHourly = async (rotations: number) => {
    const pruned: string[] = [];
    for (let hour = 0; hour < rotations; hour++) {
      bench.nowMs += 3_600_000;
      bench.write("submission.log", LINES);
      pruned.push(...(await bench.rotate()).pruned);
    }
    return pruned;
  };
  await rotateHourly(5);
  bench.nowMs += 60 * DAY_MS;
  assertEquals(await rotateHourly(3), []);
  bench.nowMs -= 60 * DAY_MS;
  assertEquals(await rotateHourly(3), []);
  assertEquals(bench.names().length, 12);
});

Deno.test("rotateLogs() is refused while another rotation holds the lock", async () => {
  using bench = rotationBench();
  bench.write("submission.log", LINES);
  using _lock = lockLogDirectory(bench.dir, () => NOW_MS);
  const error = await refusal(bench);
  assertEquals(error.exitCode, 75);
  assert(error.message.includes(`pid ${Deno.pid} since 2024-05-01T09:00:00.000Z`), error.message);
  assertEquals(bench.read("submission.log"), LINES);
});

Deno.test("rotateLogs() refuses a link, a second name, a directory, and strangers who may write", async () => {
  const cases: Record<string, [code: number, spoil: (log: string, dir: string) => void]> = {
    "a symbolic link": [78, (log, dir) => Deno.symlinkSync(`${dir}/other`, log)],
    "one of 2 hard links": [78, (log, dir) => Deno.linkSync(`${dir}/other`, log)],
    "a directory": [78, (log) => Deno.mkdirSync(log)],
    "everybody may write": [77, (_, dir) => Deno.chmodSync(dir, 0o757)],
    "it is not a directory": [78, (_, dir) => {
      Deno.removeSync(dir, { recursive: true });
      Deno.writeTextFileSync(dir, "");
    }],
  };
  for (const [says, [code, spoil]] of Object.entries(cases)) {
    using bench = rotationBench();
    bench.write("other", LINES);
    spoil(`${bench.dir}/submission.log`, bench.dir);
    const error = await refusal(bench);
    assertEquals([error.exitCode, error.message.includes(says)], [code, true], error.message);
    if (says !== "it is not a directory") assertEquals(bench.read("other"), LINES);
  }
});

Deno.test("rotateLogs() that is cut short leaves the segment, and the next makes the archive", async () => {
  using bench = rotationBench();
  bench.write("submission.log", LINES.repeat(100_000));
  const cut = new AbortController();
  const reached = (point: string) => point === "segment-locked" && cut.abort(new Error("stopped"));
  const host = { ...bench.options.host, reached };
  const options = { ...bench.options, host, signal: cut.signal };
  await assertRejects(() => rotateLogs(options), Error, "stopped");
  assertEquals(bench.names(), ["submission_20240501_090000.log"]);
  await bench.rotate();
  assertEquals(bench.read(ARCHIVE), LINES.repeat(100_000));
});

async function refusal(bench: RotationBench): Promise<PipelineError> {
  return await assertRejects(() => bench.rotate(), PipelineError);
}
