import { paint, table } from "../host/terminal.ts";
import type { Evaluation } from "../model/evaluate.ts";
import type { LearnerScore, Measure } from "../model/scores.ts";
import type { TopicSettings } from "../settings.ts";
import { lineChart } from "./line_chart.ts";

type Estimate = LearnerScore["coverage90"];

const day = (ms: number) => new Date(ms).toISOString().slice(0, 10);
const hours = (ms: number) => `${ms / 3_600_000} h`;
const fixed = (value: number | undefined, digits: number) => value?.toFixed(digits) ?? "-";
/** Whole years, of few also a tenth. */
const years = (count: number) => count < 10 ? count.toFixed(1) : Math.round(count).toString();
const CHART = { width: 80, height: 5 };
const right = (columns: number) => ({
  align: Array.from({ length: columns }, (_, i) => i === 0 ? "left" as const : "right" as const),
});

/**
 * The evaluation for a person, within 100 columns: the verdict first, then the learners beside each
 * other, all measures of the chosen one, the years, and how its lead grew.
 */
export function evaluationText(
  topic: TopicSettings,
  evaluation: Evaluation,
  colour: boolean,
): string {
  const { verdict, skill, needed, chosen, independentWindows } = evaluation;
  const title = topic.topicId === 0n ? topic.pair : `topic ${topic.topicId}  ${topic.pair}`;
  const hue = skill === "better" ? "green" : skill === "worse" ? "red" : "yellow";
  const need = needed === null
    ? ""
    : `${needed.of} would show in ${needed.windows} independent windows, ` +
      `${years(needed.years)} years; there are ${independentWindows}\n`;
  const ridge = evaluation.learners.find(({ learner }) => learner === "ridge");
  return `${paint(`${title} ${topic.target} over ${hours(topic.horizonMs)}`, "bold", colour)}
${paint(verdict.replace(", 95 %", ",\n95 %"), hue, colour)}
${need}${evaluation.forecasts} forecasts from ${day(evaluation.fromMs)} to ${
    day(evaluation.toMs)
  }, ${independentWindows} independent windows
made of ${madeOf(evaluation)}
shrinkage ${evaluation.factor.toPrecision(2)}; sd(forecast)/sd(truth) ${
    chosen.sdRatio.toFixed(3)
  }, \
ridge unshrunk ${fixed(ridge?.sdRatio, 3)}

${learnersTable(evaluation)}

${measuresTable(evaluation)}

${yearsTable(evaluation)}

${chart(evaluation)}

`;
}

/** "0.203 ridge + 0.797 trees", and what stands for the rest when that is not all. */
function madeOf({ weights, spec }: Evaluation): string {
  const parts = Object.entries(weights).map(([name, weight]) => `${weight.toFixed(3)} ${name}`);
  const rest = 1 - Object.values(weights).reduce((sum, weight) => sum + weight, 0);
  if (rest >= 0.0005) {
    const reference = spec.target === "volatility" ? "expanding mean" : "zero";
    parts.push(`${rest.toFixed(3)} ${reference}`);
  }
  return parts.join(" + ");
}

function learnersTable({ learners, chosen, reference }: Evaluation): string {
  const head = [
    "  learner",
    "MSE",
    "95 % interval",
    "p",
    "R²",
    "direction",
    "r",
    "sd ratio",
    "in 90 %",
  ];
  const rows = learners.map((score) => [
    score.learner === chosen.learner ? `> ${score.learner}` : `  ${score.learner}`,
    fixed(score.mseRatio.value, 4),
    interval(score.mseRatio, 4),
    probability(score.mseRatio.pValue),
    fixed(score.r2.value, 3),
    fixed(score.directionalAccuracy?.value, 3),
    fixed(score.correlation?.value, 3),
    fixed(score.sdRatio, 3),
    fixed(score.coverage90.value, 3),
  ]);
  return `squared error over that of the ${reference} forecast, R² over the expanding mean\n` +
    table([head, ...rows], right(head.length));
}

/** All measures of the chosen learner, each with its interval and its chance. */
function measuresTable({ chosen, brierSkill }: Evaluation): string {
  const { returns } = chosen;
  const measures: [string, Estimate | Measure | null | undefined, number][] = [
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
  const rows = measures.flatMap(([name, estimate, digits]) =>
    estimate === null || estimate === undefined ? [] : [[
      `  ${name}`,
      fixed(estimate.value, digits),
      interval(estimate, digits),
      "pValue" in estimate ? probability(estimate.pValue) : "",
    ]]
  );
  return table([[`> ${chosen.learner}`, "value", "95 % interval", "p"], ...rows], right(4)) +
    "\nintervals by block bootstrap; p: how often the same forecasts, shifted in time, do as well";
}

function yearsTable({ years }: Evaluation): string {
  const head = ["year", "forecasts", "MSE", "direction", "r", "in 80 %", "in 90 %"];
  const rows = years.map((each) => [
    String(each.year),
    String(each.forecasts),
    fixed(each.mseRatio, 4),
    fixed(each.directionalAccuracy ?? undefined, 3),
    fixed(each.correlation ?? undefined, 3),
    fixed(each.coverage80, 3),
    fixed(each.coverage90, 3),
  ]);
  return table([head, ...rows], right(head.length));
}

/** Where on the way the lead was won or lost. */
function chart({ curve, reference, fromMs, toMs }: Evaluation): string {
  const drawn = lineChart(curve.map(({ gain }) => 100 * gain), CHART);
  const scale = drawn.rows.map((_, i) =>
    i === drawn.zeroRow
      ? "0 %"
      : i === 0
      ? `${drawn.top.toPrecision(2)} %`
      : i === CHART.height - 1
      ? `${drawn.bottom.toPrecision(2)} %`
      : " "
  );
  const lines = table(drawn.rows.map((row, i) => [scale[i]!, row]), { align: ["right"] });
  const margin = " ".repeat(Math.max(...scale.map(({ length }) => length)) + 2);
  return `squared error saved against the ${reference} forecast so far\n${lines}\n${margin}` +
    day(fromMs) + day(toMs).padStart(CHART.width - 10);
}

const interval = ({ low, high }: Estimate, digits: number) =>
  `${low.toFixed(digits)} to ${high.toFixed(digits)}`;
const probability = (p: number | null) => p === null ? "-" : p.toFixed(3);

const estimateJson = (estimate: Estimate | Measure | null) =>
  estimate && {
    value: estimate.value,
    low_95: estimate.low,
    high_95: estimate.high,
    ..."pValue" in estimate && { p_value: estimate.pValue },
  };

function scoreJson(score: LearnerScore) {
  const { returns } = score;
  return {
    learner: score.learner,
    mse_ratio: estimateJson(score.mseRatio),
    mse: estimateJson(score.mse),
    rmse: estimateJson(score.rmse),
    mae: estimateJson(score.mae),
    r2: estimateJson(score.r2),
    directional_accuracy: estimateJson(score.directionalAccuracy),
    correlation: estimateJson(score.correlation),
    sd_ratio: score.sdRatio,
    coverage80: estimateJson(score.coverage80),
    coverage90: estimateJson(score.coverage90),
    wrmse_improvement: returns && estimateJson(returns.wrmseImprovement),
    czar_improvement: returns && estimateJson(returns.czarImprovement),
    czar_loss: returns && estimateJson(returns.czarLoss),
    czar_loss_ratio: returns && estimateJson(returns.czarLossRatio),
    zptae_loss: returns && estimateJson(returns.zptaeLoss),
    zptae_loss_ratio: returns && estimateJson(returns.zptaeLossRatio),
    p_value: score.mseRatio.pValue,
  };
}

/** The evaluation for a machine. */
export function evaluationJson(topic: TopicSettings, evaluation: Evaluation) {
  const { needed } = evaluation;
  return {
    topic_id: topic.topicId === 0n ? null : String(topic.topicId),
    pair: topic.pair,
    target: topic.target,
    horizon_seconds: topic.horizonMs / 1000,
    unit: evaluation.unit,
    reference: evaluation.reference,
    from: new Date(evaluation.fromMs).toISOString(),
    to: new Date(evaluation.toMs).toISOString(),
    forecasts: evaluation.forecasts,
    independent_windows: evaluation.independentWindows,
    verdict: evaluation.verdict,
    skill: evaluation.skill,
    windows_needed: needed && { for: needed.of, windows: needed.windows, years: needed.years },
    shrink_factor: evaluation.factor,
    weights: evaluation.weights,
    coverage80: evaluation.chosen.coverage80.value,
    coverage90: evaluation.chosen.coverage90.value,
    chosen: scoreJson(evaluation.chosen),
    learners: evaluation.learners.map(scoreJson),
    brier_skill: estimateJson(evaluation.brierSkill),
    years: evaluation.years.map((each) => ({
      year: each.year,
      forecasts: each.forecasts,
      mse_ratio: each.mseRatio,
      directional_accuracy: each.directionalAccuracy,
      correlation: each.correlation,
      coverage80: each.coverage80,
      coverage90: each.coverage90,
    })),
    gain: evaluation.curve.map(({ atMs, gain }) => ({ at: new Date(atMs).toISOString(), gain })),
  };
}
