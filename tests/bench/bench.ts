/**
 * What a start, a visit and a fit cost, each beside its baseline in the same run. Times on a shared
 * machine are noise; read the ratios. The peers' figures were measured on the same kind of machine
 * (two shared cores): the Python pipeline of the brief, the vendor's Python SDK, the Go node.
 */
import { table } from "../../src/host/terminal.ts";
import { benchDay } from "./day.ts";
import { ledgerCosts } from "./ledger_bench.ts";
import { rotationCosts } from "./logs.ts";
import { benchModels } from "./models_bench.ts";
import { type Cost, costOf, medians } from "./process_cost.ts";
import { benchTopics } from "./topics.ts";
import { type Practice, practise } from "./practice.ts";

const BINARY = new URL("../../bin/allora-pipeline", import.meta.url).pathname;
const STARTS = 15;
const CYCLES = 5;

const dir = await Deno.makeTempDir({ prefix: "allora-bench-" });
try {
  console.log("starting ...");
  const hello = await compileHello(dir);
  await using slow = await practise(BINARY, `${dir}/slow`, { speed: 30 });
  await slow.submitOnce();
  await slow.visitUntilQuiet();
  const start = await medians({
    hello: () => costOf(hello, []),
    help: () => costOf(BINARY, ["--help"]),
    quiet: () => slow.visit("idle"),
  }, STARTS);
  printStarts(start);

  console.log("submitting ...");
  await using fast = await practise(BINARY, `${dir}/fast`, { speed: 600 });
  printCycle(await medianCycle(fast));
  await benchDay(BINARY, dir);
  await benchModels(dir);
  await benchTopics(BINARY, dir);
  console.log("filling a ledger ...");
  print(ledgerCosts(dir));
  console.log("rotating a log of 1 GB ...");
  print(await rotationCosts(BINARY, dir));
} finally {
  await Deno.remove(dir, { recursive: true });
}

/** A program that prints one word, compiled as ours is. */
async function compileHello(dir: string): Promise<string> {
  await Deno.writeTextFile(`${dir}/hello.js`, 'console.log("hello")\n');
  await costOf(Deno.execPath(), [
    ...["compile", "-q", "--no-config", "--no-lock", "--no-check", "--no-code-cache"],
    ...["--no-prompt", "-o", `${dir}/hello`, `${dir}/hello.js`],
  ]);
  return `${dir}/hello`;
}

async function medianCycle(practice: Practice): Promise<Cost> {
  const costs: Cost[] = [];
  while (costs.length < CYCLES) costs.push(await practice.submitOnce());
  const middle = (of: (cost: Cost) => number) => costs.map(of).sort((a, b) => a - b)[CYCLES >> 1]!;
  return {
    wallMs: middle(({ wallMs }) => wallMs),
    cpuMs: middle(({ cpuMs }) => cpuMs),
    peakMb: middle(({ peakMb }) => peakMb),
  };
}

function printStarts({ hello, help, quiet }: Record<string, Cost>): void {
  const row = (name: string, cost: Cost, goal: string) => [
    ...[name, cost.wallMs.toFixed(0), cost.cpuMs.toFixed(0), cost.peakMb.toFixed(0)],
    ...[`${(cost.wallMs / hello!.wallMs).toFixed(2)}×`, goal],
  ];
  print([
    [`start, median of ${STARTS}`, "wall ms", "cpu ms", "peak MB", "wall ratio", "goal"],
    row("hello world, compiled the same way", hello!, "1"),
    row("--help", help!, "≤ 1.3×"),
    row("submit, nothing due", quiet!, "≤ 1.5×"),
  ]);
}

function printCycle({ wallMs, cpuMs, peakMb }: Cost): void {
  const ratio = (peer: number, own: number) => `${(peer / own).toFixed(1)}×`;
  const seconds = cpuMs / 1000;
  print([
    [`one submitting visit, median of ${CYCLES}`, "cpu s", "peak MB", "cpu ratio", "memory ratio"],
    [
      "allora-pipeline: predict, sign, send, confirm",
      seconds.toFixed(2),
      peakMb.toFixed(0),
      "1",
      "1",
    ],
    ["goal", "≤ 0.50", "≤ 130", "", ""],
    ["brief's Python pipeline, one cycle", "10.0", "341", ratio(10, seconds), ratio(341, peakMb)],
    [
      "vendor's Python SDK, before its first byte",
      "6.3",
      "172",
      ratio(6.3, seconds),
      ratio(172, peakMb),
    ],
    [
      "Go node, start with configuration and wallet",
      "0.05",
      "41",
      ratio(0.05, seconds),
      ratio(41, peakMb),
    ],
  ]);
  console.log(`wall ${wallMs.toFixed(0)} ms, the wait for the block included\n`);
}

function print(rows: string[][]): void {
  const align = rows[0]!.map((_, column) => column === 0 ? "left" as const : "right" as const);
  console.log(`${table(rows, { align })}\n`);
}
