import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import type { Epoch } from "../../src/cycle/history.ts";
import { moneyOf, totalsOf, wilson } from "../../src/cycle/history_totals.ts";

const HOUR_MS = 3_600_000;

/** An epoch of which only the window is known. */
function epochOf(given: Partial<Epoch>): Epoch {
  return {
    ...{ topicId: 1n, nonce: 720n, worker: "allo1worker", target: "log-return" },
    ...{ outcome: "proven", state: "confirmed", reason: null, firstMs: 0, closedMs: null },
    ...{
      submission: null,
      networkLabels: null,
      hash: null,
      feeUallo: 0n,
      rewardUallo: null,
      lossRatio: null,
    },
    ...{ isRightWay: null, ...given },
  };
}

Deno.test("wilson() gives the intervals of the literature", () => {
  // Newcombe (1998), table I: method 3.
  for (
    const [hits, of, low, high] of [
      [81, 263, 0.2553, 0.3662],
      [15, 148, 0.0624, 0.1605],
      [0, 20, 0, 0.1611],
      [1, 29, 0.0061, 0.1718],
    ] as const
  ) {
    const share = wilson(hits, of);
    assertAlmostEquals(share.low, low, 5e-5);
    assertAlmostEquals(share.high, high, 5e-5);
  }
});

Deno.test("a window of which nobody can tell counts neither as met nor as missed", () => {
  const outcomes = ["proven", "proven", "proven", "missed", "unknown", "open"] as const;
  const { all } = totalsOf(outcomes.map((outcome) => epochOf({ outcome })));
  const { closed, met, missed, unknown, hitRate } = all;
  assertEquals([closed, met, missed, unknown, hitRate], [5, 3, 1, 1, 0.75]);
  assertEquals(totalsOf([epochOf({ outcome: "unknown" })]).all.hitRate, null);
});

Deno.test("amounts are summed without losing a uallo, and a reward not known is said", () => {
  const { all } = totalsOf([
    epochOf({ feeUallo: 1n, rewardUallo: 10n ** 27n + 1n }),
    epochOf({ feeUallo: 10n ** 20n, rewardUallo: 1n }),
    epochOf({ feeUallo: 1n }),
  ]);
  assertEquals([all.feesUallo, all.rewardsUallo], [10n ** 20n + 2n, 10n ** 27n + 2n]);
  assertEquals(all.unpaid, 1);
});

Deno.test("losses are averaged for one topic, not over topics of different units", () => {
  const submission = { loss: 4, lossZero: 2 } as Epoch["submission"];
  const two = totalsOf([epochOf({ submission }), epochOf({ topicId: 2n, submission })]);
  assertEquals(two.topics.map(({ meanLoss, meanLossZero }) => [meanLoss, meanLossZero]), [[4, 2], [
    4,
    2,
  ]]);
  assertEquals([two.all.meanLoss, two.all.topicId], [null, null]);
});

Deno.test("the runway is the balance at the pace at which fees exceed rewards", () => {
  const epochs = [0, 24, 48].map((hours) =>
    epochOf({ firstMs: hours * HOUR_MS, feeUallo: 10n, rewardUallo: 2n })
  );
  const { all } = totalsOf(epochs);
  // 30 + 4 - 6 in two days.
  const money = moneyOf(epochs, all, 4n);
  assertEquals([money.netUallo, money.runwayDays(140n)], [-28n, 10]);
  assertEquals(moneyOf(epochs, { ...all, rewardsUallo: 40n }, 4n).runwayDays(140n), null);
  assertEquals(moneyOf(epochs.slice(0, 1), all, 4n).runwayDays(140n), null);
  assert(moneyOf([], totalsOf([]).all, 0n).runwayDays(1n) === null);
});
