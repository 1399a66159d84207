import { basename } from "node:path";
import type { Evaluation } from "../model/evaluate.ts";
import type { LearnerScore } from "../model/scores.ts";
import type { TopicSettings } from "../settings.ts";
import {
  day,
  hours,
  interval,
  learnerRows,
  madeOf,
  measureRows,
  neededOf,
  probability,
  unpurgedOf,
  yearRows,
} from "./evaluation_rows.ts";

/** Text as HTML shows it, in an element or a quoted attribute. */
export const escaped = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");

const HEADLINES = {
  better: "Evidence of skill",
  none: "No evidence of skill",
  worse: "Worse than no model",
} as const;

/** The verdict: a headline, what it means, and the numbers it rests on. */
export function verdict(evaluation: Evaluation): string {
  const { skill, chosen: { mseRatio }, reference } = evaluation;
  const percent = (100 * Math.abs(1 - mseRatio.value)).toFixed(2);
  const side = mseRatio.value <= 1 ? "below" : "above";
  const distance = percent === "0.00" ? "as large as" : `${percent} % ${side}`;
  const gap = `${distance} that of the ${reference} forecast`;
  const meaning = {
    better: `Its squared error is ${gap}, more than chance explains.`,
    none: `Its squared error is ${gap}${
      percent === "0.00" ? "" : ": chance explains the difference"
    }.`,
    worse: `Its squared error is ${gap}: the ${reference} forecast is the better one.`,
  }[skill];
  const asides = [neededOf(evaluation), unpurgedOf(evaluation)]
    .flatMap((line) => line === null ? [] : `<p class="soft">${escaped(sentence(line))}</p>`);
  return `<div class="verdict ${skill}">
<p><strong>${HEADLINES[skill]}</strong> ${escaped(meaning)}</p>
<p>Ratio of squared errors ${mseRatio.value.toFixed(4)}, 95 % interval ${interval(mseRatio, 4)}${
    mseRatio.pValue === null
      ? ""
      : `; forecasts that know nothing do as well with a chance of ${probability(mseRatio.pValue)}`
  }.</p>
${asides.join("\n")}
</div>`;
}

const sentence = (text: string) => `${text[0]!.toUpperCase()}${text.slice(1)}.`;

/** What was judged, and on what. */
export function facts(topic: TopicSettings, evaluation: Evaluation): string {
  const { spec, candles, forecasts, fromMs, toMs, independentWindows, factor } = evaluation;
  const venues = topic.venues
    .map((venue) => venue.kind === "csv" ? basename(venue.path) : venue.kind);
  const rows: [string, string][] = [
    ["Pair", topic.pair],
    ["Target", topic.target],
    ["Horizon", hours(topic.horizonMs)],
    ["Learner", spec.learner],
    ["Candles", `${candles.toLocaleString("en-GB")} of ${hours(topic.intervalMs)}`],
    ["Candles from", venues.join(", ")],
    ["Forecasts", forecasts.toLocaleString("en-GB")],
    ["Forecasts made", `${day(fromMs)} to ${day(toMs)}`],
    ["Independent windows", independentWindows.toLocaleString("en-GB")],
    ["Made of, now", madeOf(evaluation)],
    ["Shrink factor, now", factor.toPrecision(2)],
    ["Has to beat", `the ${evaluation.reference} forecast`],
  ];
  return `<dl>
${rows.map(([name, value]) => `<div><dt>${name}</dt><dd>${escaped(value)}</dd></div>`).join("\n")}
</dl>`;
}

/** The learners beside each other: their squared errors with intervals, then the other measures. */
export function learnerTables(evaluation: Evaluation): string {
  const rows = learnerRows(evaluation);
  const axis = ratioAxis(evaluation.learners);
  const tr = (isChosen: boolean, name: string, cells: string) =>
    `<tr${isChosen ? ' class="chosen"' : ""}><th scope="row">${name}</th>${cells}</tr>`;
  const errors = rows.map(({ score, isChosen, ratio, interval, p }) =>
    tr(
      isChosen,
      score.learner,
      `${tds([ratio])}<td class="range"><div><span>${interval}</span>${
        range(score, axis)
      }</div></td>${tds([p])}`,
    )
  );
  const others = rows.map(({ score, isChosen, others }) =>
    tr(isChosen, score.learner, tds(others))
  );
  return `${
    tableOf(
      `Squared error over that of the ${evaluation.reference} forecast: below 1 is better. The dashed line is 1; ridge is unshrunk.`,
      ["learner", "ratio", "95 % interval", "p"],
      errors,
    )
  }
${
    tableOf(
      "R² over the expanding mean; the share of right directions; correlation; spread of forecasts over spread of truths; share of truths in the 90 % interval.",
      ["learner", "R²", "direction", "r", "sd ratio", "in 90 %"],
      others,
    )
  }`;
}

/** Every measure of the chosen learner. */
export function measuresTable(evaluation: Evaluation): string {
  return tableOf(
    `The ${evaluation.chosen.learner} learner. Intervals by block bootstrap; p: how often the same forecasts, shifted in time, do as well.`,
    ["measure", "value", "95 % interval", "p"],
    bodyOf(measureRows(evaluation)),
  );
}

/** The chosen learner's years. */
export function yearsTable(evaluation: Evaluation): string {
  return tableOf(
    `The ${evaluation.chosen.learner} learner in each calendar year (UTC).`,
    ["year", "forecasts", "ratio", "direction", "r", "in 80 %", "in 90 %"],
    bodyOf(yearRows(evaluation)),
  );
}

const bodyOf = (rows: readonly (readonly string[])[]) =>
  rows.map(([name = "", ...cells]) =>
    `<tr><th scope="row">${escaped(name)}</th>${tds(cells)}</tr>`
  );

const tds = (cells: readonly string[]) => cells.map((cell) => `<td>${escaped(cell)}</td>`).join("");

const tableOf = (caption: string, head: readonly string[], rows: readonly string[]) =>
  `<table>
<caption>${escaped(caption)}</caption>
<thead><tr>${head.map((cell) => `<th scope="col">${cell}</th>`).join("")}</tr></thead>
<tbody>
${rows.join("\n")}
</tbody>
</table>`;

interface Axis {
  readonly low: number;
  readonly high: number;
}

/** Farther from 1 than this a learner is out of the picture, or the others would be one dot. */
const FAR = 1.25;

function ratioAxis(learners: readonly LearnerScore[]): Axis {
  const near = learners.filter(({ mseRatio }) => mseRatio.value < FAR);
  const low = Math.min(1, ...near.map(({ mseRatio }) => mseRatio.low));
  const high = Math.max(1, ...near.map(({ mseRatio }) => mseRatio.high));
  const room = 0.05 * (high - low || 1);
  return { low: low - room, high: high + room };
}

/** The interval as a bar with a dot; an arrow where it lies beyond the axis. */
function range({ mseRatio }: LearnerScore, { low, high }: Axis): string {
  const at = (value: number) =>
    (100 * (Math.max(low, Math.min(high, value)) - low) / (high - low)).toFixed(2);
  const line = (kind: string, from: number, to: number, y: [number, number]) =>
    `<line class="${kind}" x1="${at(from)}%" x2="${at(to)}%" y1="${y[0]}" y2="${y[1]}"/>`;
  const shape = mseRatio.value > high
    ? `<svg x="100%" overflow="visible"><path d="M-10 3 L0 9 L-10 15 Z"/></svg>`
    : line("bar", mseRatio.low, mseRatio.high, [9, 9]) +
      `<circle cx="${at(mseRatio.value)}%" cy="9" r="4.5"/>`;
  return `<svg aria-hidden="true">${line("whole", 1, 1, [0, 18])}${shape}</svg>`;
}
