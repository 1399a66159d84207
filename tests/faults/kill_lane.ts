import type { CrashPoint } from "../../src/host/crash_point.ts";
import type { WindowFacts } from "./block_tally.ts";
import type { Aim, Aims } from "./kill_aims.ts";
import { BLOCK_MS, type KillBench } from "./kill_bench.ts";
import { DeadLedger } from "./kill_ledger.ts";
import { type Death, type Program, start } from "./kill_program.ts";

/** One kill that found its process alive. */
export interface Kill {
  readonly aim: Aim;
  /** The ledger it left had a payload that was signed and not known to be final. */
  readonly wasUnderWay: boolean;
  /** The point at which the visit before was killed, in the same window. */
  readonly after: CrashPoint | undefined;
}

/** What the lanes have done so far. */
export interface Deeds {
  readonly kills: Kill[];
  /** Windows in which a full undisturbed visit began and ended. */
  readonly visited: WindowFacts[];
  /** Undisturbed visits that did not end with 0, and where a ledger is not what it should be. */
  readonly complaints: string[];
}

/** Left for the undisturbed visit beside the time that it is expected to take. */
const SPARE_BLOCKS = 8;
/** Longest random delay after a signature became visible. */
const SOON_MS = 300;
const TRY_LATER = 75;
/** Of a visit from nothing to confirmed, and of one that goes on from there, until they were measured. */
const FIRST_GUESS_MS = { fresh: 3000, recovery: 500 };

/**
 * Window after window of one worker: kills until its work is done, or just enough is left for one full
 * visit, which is then left alone. Ends when there is nothing more to aim at, everything is settled and
 * the ledger is read.
 */
export async function runLane(
  program: Program,
  bench: KillBench,
  aims: Aims,
  deeds: Deeds,
): Promise<void> {
  const { devnet, tally, topicIds, nextBlock } = bench;
  const expectedMs = { ...FIRST_GUESS_MS };
  const done = new Set<WindowFacts>();
  const openWindows = () =>
    topicIds.flatMap((id) => tally.newest(id) ?? []).filter((window) =>
      window.end > devnet.chain.height && !done.has(window)
    );
  let after: CrashPoint | undefined;
  while (!aims.isDone) {
    const windows = openWindows();
    if (windows.length === 0) {
      await nextBlock();
      continue;
    }
    const reserve = SPARE_BLOCKS + Math.ceil((1.5 * expectedMs.fresh) / BLOCK_MS);
    const isTime = devnet.chain.height < Math.min(...windows.map(({ end }) => end)) - reserve;
    const aim = isTime && hasWork(bench, windows) ? aims.next() : undefined;
    if (aim === undefined) {
      await leaveAlone(program, bench, windows, deeds, expectedMs);
      for (const window of windows) done.add(window);
      aims.endWindow();
      after = undefined;
      continue;
    }
    const isKilled = await killOnce(program, bench, aim, expectedMs);
    if (!isKilled) aims.missed(aim);
    else deeds.kills.push({ aim, after, wasUnderWay: isUnderWay(bench) });
    after = isKilled && aim.kind === "held" ? aim.point : undefined;
  }
  const last = Math.max(...[...done].map(({ end }) => end));
  while (devnet.chain.height <= last + 2) await nextBlock();
  complain(deeds, await start(program, ["submit"], bench.dir).ended);
  using ledger = new DeadLedger(bench.ledgerPath);
  deeds.complaints.push(...ledger.complaints(tally.windows));
}

/** Whether a visit now has anything to do for these windows. */
function hasWork({ ledgerPath }: KillBench, windows: readonly WindowFacts[]): boolean {
  using ledger = new DeadLedger(ledgerPath);
  return ledger.isUnderWay() || windows.some((window) => !ledger.isConfirmed(window));
}

function isUnderWay({ ledgerPath }: KillBench): boolean {
  using ledger = new DeadLedger(ledgerPath);
  return ledger.isUnderWay();
}

/** One visit, killed; false when it ended before that. */
async function killOnce(
  program: Program,
  bench: KillBench,
  aim: Aim,
  expectedMs: typeof FIRST_GUESS_MS,
): Promise<boolean> {
  const env: Record<string, string> = aim.kind === "held" ? { HOLD_AT: aim.point } : {};
  const underWay = isUnderWay(bench);
  const visit = start(program, ["submit"], bench.dir, env);
  switch (aim.kind) {
    case "held":
      await visit.says(`held at ${aim.point}\n`);
      break;
    case "anywhere":
      await pause(Math.random() * (underWay ? expectedMs.recovery : expectedMs.fresh));
      break;
    case "signed":
      if (!underWay) await visit.says("submission signed");
      await pause(Math.random() * SOON_MS);
  }
  return (await visit.kill()).isKilled;
}

/** One full visit, which the windows it began and ended in are judged by. */
async function leaveAlone(
  program: Program,
  bench: KillBench,
  windows: readonly WindowFacts[],
  deeds: Deeds,
  expectedMs: typeof FIRST_GUESS_MS,
): Promise<void> {
  const kind = isUnderWay(bench) ? "recovery" : "fresh";
  const startedMs = performance.now();
  const hadWork = hasWork(bench, windows);
  const death = await start(program, ["submit"], bench.dir).ended;
  if (hadWork) expectedMs[kind] = performance.now() - startedMs;
  const { height } = bench.devnet.chain;
  // One that outlasted its window rightly says "try later"; whether it was lost, the blocks tell.
  const isClosed = windows.some(({ end }) => height > end);
  if (!(isClosed && death.code === TRY_LATER)) complain(deeds, death);
  deeds.visited.push(...windows.filter(({ end }) => height <= end));
}

function complain(deeds: Deeds, { code, stderr }: Death): void {
  if (code !== 0) deeds.complaints.push(`an undisturbed visit ended with ${code}: ${stderr}`);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
