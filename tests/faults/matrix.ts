import { assert, assertEquals } from "@std/assert";
import { PipelineError } from "../../src/errors.ts";
import type { Arena, CallAt } from "./arena.ts";
import type { FaultClass, Place } from "./strikes.ts";

/** What a visit asks and can do without: a node's fault there costs as little as after the broadcast. */
const ADVISORY = new Set(["/emissions.v10.QueryService/GetNetworkInferencesAtBlock"]);

/** One window for each class at each request: struck once, then left alone until it closes. */
export async function strikeAll(
  t: Deno.TestContext,
  arena: Arena,
  classes: readonly FaultClass[],
): Promise<void> {
  const calls = await arena.record();
  const broadcast = calls.findIndex(({ call }) => call === "broadcast_tx_sync");
  const placeOf = (at: CallAt): Place =>
    ["before", "broadcast", "after"][Math.sign(calls.indexOf(at) - broadcast) + 1] as Place;
  for (const each of classes) {
    const met = calls.filter((at) => each.meets(at, placeOf(at)));
    assert(met.length > 0, each.name);
    await t.step(`${each.name}, at ${met.length} requests`, async () => {
      const wrong: string[] = [];
      for (const at of met) {
        const problems = await strikeOnce(arena, each, at, placeOf(at));
        wrong.push(...problems.map((problem) => `${at.call} #${at.nth}: ${problem}`));
      }
      assertEquals(wrong, []);
    });
  }
}

/** What went wrong in this cell; nothing when all is well. */
async function strikeOnce(
  arena: Arena,
  each: FaultClass,
  at: CallAt,
  place: Place,
): Promise<string[]> {
  const { practice } = arena;
  const { blocksLeft } = each;
  // Windows that end badly leave nothing to be scored later: two good ones come before each.
  for (let good = 0; good < 2 && blocksLeft !== undefined; good++) {
    arena.nextWindow();
    await arena.visit();
  }
  const window = arena.nextWindow();
  if (blocksLeft !== undefined) {
    practice.devnet.step(window.end - blocksLeft - practice.devnet.chain.height);
  }
  practice.told.length = 0;
  const { report, isMet } = await arena.visit(at, each.strike(at), each.rpcTimeoutMs);
  practice.devnet.calm();
  const struck = {
    code: report instanceof PipelineError || !(report instanceof Error) ? report.exitCode : 70,
    words: wordsOf(report) + practice.told.map(({ fields }) => JSON.stringify(textsOf(fields))),
  };
  const rowOf = () => practice.ledger.submission(1n, BigInt(window.nonce), practice.address);
  for (let visits = 0; visits < 3 && rowOf()?.state !== "confirmed"; visits++) await arena.visit();
  practice.stepUntil("closed");
  await each.after?.(practice);

  const { inclusions = () => 1, mostPaid = 1 } = each;
  const included = window.payloads.filter(({ code }) => code === 0).length;
  const expected = inclusions(at, place);
  const { state } = rowOf() ?? {};
  const problems = {
    "the visit never made this request": !isMet,
    [`exit code ${struck.code}: ${struck.words}`]: !each.exits(
      at,
      each.spoils && ADVISORY.has(at.call) ? "after" : place,
    ).includes(struck.code),
    [`the endpoint is not named: ${struck.words}`]: each.spoils &&
      !struck.words.includes(new URL(practice.devnet.rpcUrl).host),
    [`a stack trace: ${struck.words}`]: /\n\s+at /.test(struck.words),
    [`${included} inclusions, ${expected} expected, after ${struck.words}`]: included !== expected,
    [`${window.payloads.length} payloads paid`]: window.payloads.length > mostPaid,
    [`the ledger has ${state}`]: expected === 1 && state !== "confirmed",
  };
  return Object.entries(problems).filter(([, isSo]) => isSo).map(([problem]) => problem);
}

function wordsOf(report: Awaited<ReturnType<Arena["visit"]>>["report"]): string {
  if (report instanceof Error) return report.message;
  return report.outcomes.map(({ error }) => error?.message ?? "").join("; ");
}

function textsOf(fields: Readonly<Record<string, unknown>>): string[] {
  return Object.values(fields).filter((value) => typeof value === "string");
}
