import { paint, table } from "../host/terminal.ts";
import type { Evaluation } from "../model/evaluate.ts";
import type { KitScore } from "../model/kit.ts";
import type { TopicSettings } from "../settings.ts";
import {
  day,
  fixed,
  hours,
  learnerRows,
  madeOf,
  measureRows,
  neededOf,
  titleOf,
  unpurgedOf,
  yearRows,
} from "./evaluation_rows.ts";
import { lineChart } from "./line_chart.ts";

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
  const { verdict, skill, chosen, independentWindows } = evaluation;
  const hue = skill === "better" ? "green" : skill === "worse" ? "red" : "yellow";
  const asides = [neededOf(evaluation), unpurgedOf(evaluation)].filter((line) => line !== null);
  const ridge = evaluation.learners.find(({ learner }) => learner === "ridge");
  const title = `${titleOf(topic)} ${topic.target} over ${hours(topic.horizonMs)}`;
  return `${paint(title, "bold", colour)}
${paint(verdict.replace(", 95 %", ",\n95 %"), hue, colour)}
${asides.map((line) => `${line}\n`).join("")}${evaluation.forecasts} forecasts from ${
    day(evaluation.fromMs)
  } to ${day(evaluation.toMs)}, ${independentWindows} independent windows
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

function learnersTable(evaluation: Evaluation): string {
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
  const rows = learnerRows(evaluation).map(({ score, isChosen, ratio, interval, p, others }) => [
    `${isChosen ? ">" : " "} ${score.learner}`,
    ...[ratio, interval, p],
    ...others,
  ]);
  return `squared error over that of the ${evaluation.reference} forecast, R² over the expanding mean\n` +
    table([head, ...rows], right(head.length));
}

/** All measures of the chosen learner, each with its interval and its chance. */
function measuresTable(evaluation: Evaluation): string {
  const rows = measureRows(evaluation).map(([name, ...rest]) => [`  ${name}`, ...rest]);
  const head = [`> ${evaluation.chosen.learner}`, "value", "95 % interval", "p"];
  return table([head, ...rows], right(4)) +
    "\nintervals by block bootstrap; p: how often the same forecasts, shifted in time, do as well" +
    kitLine(evaluation.chosen.kit);
}

/** The kit's rules take overlapping forecasts for independent ones: a grade, and no verdict. */
function kitLine(kit: KitScore | null): string {
  if (kit === null) return "";
  const said = (value: number | null) => value === null ? "none" : value.toFixed(3);
  return `\nthe builder kit would give ${kit.grade} (${kit.passed} of 7), as it does worthless forecasts:\n` +
    `  direction ${said(kit.directionalAccuracy)}, from ${said(kit.accuracyLow)}, p ` +
    `${said(kit.accuracyP)}; r ${said(kit.pearsonR)}, p ${said(kit.pearsonP)}; log aspect ratio ` +
    said(kit.logAspectRatio);
}

function yearsTable(evaluation: Evaluation): string {
  const head = ["year", "forecasts", "MSE", "direction", "r", "in 80 %", "in 90 %"];
  return table([head, ...yearRows(evaluation)], right(head.length));
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
