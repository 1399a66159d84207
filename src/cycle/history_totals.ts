import type { Epoch } from "./history.ts";

/** A share of `of` cases, with its 95 % interval. */
export interface Share {
  readonly hits: number;
  readonly of: number;
  readonly rate: number;
  readonly low: number;
  readonly high: number;
}

/** Epochs of one topic, or of all. */
export interface Totals {
  /** Null: of all topics. */
  readonly topicId: bigint | null;
  /** Windows that have closed: met, missed and unknown. */
  readonly closed: number;
  readonly met: number;
  readonly missed: number;
  readonly unknown: number;
  /** met / (met + missed); null when there is neither. */
  readonly hitRate: number | null;
  /** Forecasts with the sign that came true; null when none has a sign. */
  readonly direction: Share | null;
  /** In the topic's own unit, squared; null over several topics, whose units differ. */
  readonly meanLoss: number | null;
  readonly meanLossZero: number | null;
  readonly feesUallo: bigint;
  readonly rewardsUallo: bigint;
  /** Windows met of which the reward is not known. */
  readonly unpaid: number;
}

/** Two-sided 95 % of the normal distribution. */
const Z = 1.959963984540054;

/** Wilson's score interval (1927), which holds for few cases and for shares near 0 and 1. */
export function wilson(hits: number, of: number): Share {
  const rate = hits / of;
  const scale = 1 + Z ** 2 / of;
  const centre = (rate + Z ** 2 / (2 * of)) / scale;
  const half = Z / scale * Math.sqrt(rate * (1 - rate) / of + Z ** 2 / (4 * of ** 2));
  return { hits, of, rate, low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}

/** The totals of each topic, and of all together. */
export function totalsOf(
  epochs: readonly Epoch[],
): { readonly topics: readonly Totals[]; readonly all: Totals } {
  const byTopic = Map.groupBy(epochs, ({ topicId }) => topicId);
  const topics = [...byTopic].sort(([a], [b]) => a < b ? -1 : 1)
    .map(([topicId, some]) => sumUp(topicId, some));
  const [only, another] = topics;
  const all = only !== undefined && another === undefined ? only : sumUp(null, epochs);
  return { topics, all: { ...all, topicId: null } };
}

function sumUp(topicId: bigint | null, epochs: readonly Epoch[]): Totals {
  const count = (wanted: Epoch["outcome"]) =>
    epochs.filter(({ outcome }) => outcome === wanted).length;
  const [met, missed, unknown] = [count("proven"), count("missed"), count("unknown")];
  const ways = epochs.flatMap(({ isRightWay }) => isRightWay ?? []);
  const mean = (key: "loss" | "lossZero") => {
    const known = topicId === null
      ? []
      : epochs.flatMap(({ submission }) => submission?.[key] ?? []);
    return known.length === 0 ? null : known.reduce((sum, each) => sum + each, 0) / known.length;
  };
  return {
    ...{ topicId, met, missed, unknown, closed: met + missed + unknown },
    hitRate: met + missed === 0 ? null : met / (met + missed),
    direction: ways.length === 0 ? null : wilson(ways.filter(Boolean).length, ways.length),
    meanLoss: mean("loss"),
    meanLossZero: mean("lossZero"),
    feesUallo: epochs.reduce((sum, { feeUallo }) => sum + feeUallo, 0n),
    rewardsUallo: epochs.reduce((sum, { rewardUallo }) => sum + (rewardUallo ?? 0n), 0n),
    unpaid:
      epochs.filter(({ outcome, rewardUallo }) => outcome === "proven" && rewardUallo === null)
        .length,
  };
}

/** What came in and what went out over the epochs shown; amounts in uallo. */
export interface Money {
  readonly feesUallo: bigint;
  readonly registrationFeesUallo: bigint;
  readonly rewardsUallo: bigint;
  /** Rewards less fees. */
  readonly netUallo: bigint;
  /** Days until `balanceUallo` is spent at this pace; null when nothing is spent on balance, or no pace is known. */
  runwayDays(balanceUallo: bigint): number | null;
}

const DAY_MS = 86_400_000n;

export function moneyOf(
  epochs: readonly Epoch[],
  { feesUallo, rewardsUallo }: Totals,
  registrationFeesUallo: bigint,
): Money {
  const netUallo = rewardsUallo - feesUallo - registrationFeesUallo;
  const times = epochs.flatMap(({ firstMs, closedMs }) => [firstMs, closedMs ?? firstMs]);
  const spanMs = BigInt(times.reduce((a, b) => Math.max(a, b), 0)) -
    BigInt(times.reduce((a, b) => Math.min(a, b), times[0] ?? 0));
  return {
    ...{ feesUallo, registrationFeesUallo, rewardsUallo, netUallo },
    runwayDays: (balanceUallo) =>
      netUallo >= 0n || spanMs === 0n
        ? null
        : Number(10n * balanceUallo * spanMs / (-netUallo * DAY_MS)) / 10,
  };
}
