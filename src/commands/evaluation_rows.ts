import type { Evaluation } from "../model/evaluate.ts";
import type { LearnerScore, Measure } from "../model/scores.ts";
import type { TopicSettings } from "../settings.ts";

/** A value with its interval, and for some its chance. */
export type Judged = LearnerScore["coverage90"] | Measure;

export const day = (ms: number) => new Date(ms).toISOString().slice(0, 10);
export const hours = (ms: number) => `${ms / 3_600_000} h`;
export const fixed = (value: number | null | undefined, digits: number) =>
  value?.toFixed(digits) ?? "-";
/** Whole years, of few also a tenth. */
const years = (count: number) => count < 10 ? count.toFixed(1) : Math.round(count).toString();

export const interval = ({ low, high }: Judged, digits: number) =>
  `${low.toFixed(digits)} to ${high.toFixed(digits)}`;
export const probability = (p: number | null) => p === null ? "-" : p.toFixed(3);

/** "topic 69  BTC/USD", or the pair alone where there is no topic. */
export const titleOf = ({ topicId, pair }: TopicSettings) =>
  topicId === 0n ? pair : `topic ${topicId}  ${pair}`;

/** "0.203 ridge + 0.797 trees", and what stands for the rest when that is not all. */
export function madeOf({ weights, spec }: Evaluation): string {
  const parts = Object.entries(weights).map(([name, weight]) => `${weight.toFixed(3)} ${name}`);
  const rest = 1 - Object.values(weights).reduce((sum, weight) => sum + weight, 0);
  if (rest >= 0.0005) {
    const reference = spec.target === "volatility" ? "expanding mean" : "zero";
    parts.push(`${rest.toFixed(3)} ${reference}`);
  }
  return parts.join(" + ");
}

/** How much longer one would have to watch, where that is the question. */
export function neededOf({ needed, independentWindows }: Evaluation): string | null {
  return needed &&
    `${needed.of} would show in ${needed.windows} independent windows, ` +
      `${years(needed.years)} years; there are ${independentWindows}`;
}

/** What a careless judgement would have claimed, where something was fitted. */
export function unpurgedOf({ chosen, unpurgedRatio }: Evaluation): string | null {
  if (unpurgedRatio === null) return null;
  const gap = chosen.mseRatio.value - unpurgedRatio;
  return `judged without the purge, on a random split, it would have claimed ` +
    `${unpurgedRatio.toFixed(4)}: a gap of ${gap.toFixed(4)}`;
}

/** The learners' rows: name, then each measure as text. */
export function learnerRows({ learners, chosen }: Evaluation) {
  return learners.map((score) => ({
    score,
    isChosen: score.learner === chosen.learner,
    ratio: fixed(score.mseRatio.value, 4),
    interval: interval(score.mseRatio, 4),
    p: probability(score.mseRatio.pValue),
    others: [
      fixed(score.r2.value, 3),
      fixed(score.directionalAccuracy?.value, 3),
      fixed(score.correlation?.value, 3),
      fixed(score.sdRatio, 3),
      fixed(score.coverage90.value, 3),
    ],
  }));
}

/** All measures of the chosen learner that its target knows: name, value, interval, chance. */
export function measureRows({ chosen, brierSkill }: Evaluation): string[][] {
  const { returns } = chosen;
  const measures: [string, Judged | null | undefined, number][] = [
    ["MSE", chosen.mse, 6],
    ["RMSE", chosen.rmse, 5],
    ["MAE", chosen.mae, 5],
    ["R²", chosen.r2, 4],
    ["right direction", chosen.directionalAccuracy, 3],
    ["correlation", chosen.correlation, 3],
    ["weighted RMSE improvement", returns?.wrmseImprovement, 4],
    ["CZAR improvement", returns?.czarImprovement, 4],
    ["CZAR loss, mean", returns?.czarLoss, 4],
    ["CZAR loss over zero's", returns?.czarLossRatio, 4],
    ["ZPTAE loss, mean", returns?.zptaeLoss, 4],
    ["ZPTAE loss over zero's", returns?.zptaeLossRatio, 4],
    ["Brier skill", brierSkill, 4],
    ["in the 80 % interval", chosen.coverage80, 3],
    ["in the 90 % interval", chosen.coverage90, 3],
  ];
  return measures.flatMap(([name, judged, digits]) =>
    judged === null || judged === undefined ? [] : [[
      name,
      fixed(judged.value, digits),
      interval(judged, digits),
      "pValue" in judged ? probability(judged.pValue) : "",
    ]]
  );
}

/** The years: year, forecasts, ratio of squared errors, direction, r, coverage of both intervals. */
export function yearRows({ years }: Evaluation): string[][] {
  return years.map((each) => [
    String(each.year),
    String(each.forecasts),
    fixed(each.mseRatio, 4),
    fixed(each.directionalAccuracy, 3),
    fixed(each.correlation, 3),
    fixed(each.coverage80, 3),
    fixed(each.coverage90, 3),
  ]);
}
