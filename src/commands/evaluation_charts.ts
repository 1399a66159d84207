import type { Evaluation } from "../model/evaluate.ts";
import { day } from "./evaluation_rows.ts";

interface Line {
  readonly label: string;
  /** A colour of page/style.css. */
  readonly colour: "one" | "two" | "three" | "four" | "soft" | "rule";
  readonly values: readonly number[];
  /** Of the line, in pixels; 0: none. */
  readonly width: number;
  readonly points: boolean;
  /** Told apart without colour. */
  readonly dash?: readonly number[];
}

/** A chart as page/charts.js draws it, with what it shows in words. */
export interface Chart {
  readonly id: string;
  readonly title: string;
  readonly explanation: string;
  /** For those who cannot see it. */
  readonly words: string;
  readonly isWide: boolean;
  readonly axis: "time" | "steps";
  readonly xLabel: string;
  /** Seconds since the epoch, or whole numbers. */
  readonly x: readonly number[];
  readonly series: readonly Line[];
  /** 95 % intervals of the first series. */
  readonly low?: readonly number[];
  readonly high?: readonly number[];
  /** Values that must be in sight. */
  readonly include: readonly number[];
  readonly unit: string;
  readonly digits: number;
}

/** The charts of one evaluation; those that would show nothing are left out. */
export function chartsOf(evaluation: Evaluation, prefix: string): Chart[] {
  return [gain, forecastAndTruth, coverage, weights]
    .flatMap((chart) => chart(evaluation) ?? [])
    .map((chart) => ({ ...chart, id: `${prefix}-${chart.id}` }));
}

/** Six digits are more than a pixel shows. */
const short = (values: readonly number[]) => values.map((value) => Number(value.toPrecision(6)));
const seconds = (ms: number) => Math.round(ms / 1000);

/** Enough digits to see the largest of the values. */
const digitsFor = (values: readonly number[]) => Math.max(...values.map(Math.abs)) < 0.1 ? 4 : 2;

function gain({ curve, reference }: Evaluation): Chart {
  const values = curve.map(({ gain }) => 100 * gain);
  const digits = digitsFor(values);
  const percent = (value: number) => `${value.toFixed(digits)} %`;
  const [first, last] = [curve[0]!, curve[curve.length - 1]!];
  return {
    id: "gain",
    title: `Squared error saved against the ${reference} forecast`,
    explanation:
      "So far, as a share of all that the other makes: rising is better, zero is no use.",
    words: `A line over time that ends at ${percent(100 * last.gain)} on ${day(last.atMs)}; from ` +
      `${day(first.atMs)} on it moved between ${percent(Math.min(0, ...values))} and ` +
      `${percent(Math.max(0, ...values))}.`,
    isWide: true,
    axis: "time",
    xLabel: "until",
    x: curve.map(({ atMs }) => seconds(atMs)),
    series: [
      { label: "saved", colour: "one", values: short(values), width: 2, points: false },
      {
        ...{ label: reference, colour: "soft", values: curve.map(() => 0), width: 1 },
        ...{ points: false, dash: [4, 4] },
      },
    ],
    include: [0],
    unit: "%",
    digits,
  };
}

const READABLE = {
  "log-return": { of: (value: number) => 100 * value, unit: "%", digits: 3, what: "Mean return" },
  "log volatility": {
    of: (value: number) => 100 * Math.exp(value),
    ...{ unit: "%", digits: 2, what: "Geometric mean of the volatility" },
  },
  class: { of: (value: number) => value, unit: "", digits: 3, what: "Mean class (−1 to 1)" },
} as const;

function forecastAndTruth({ deciles, unit: judgedIn }: Evaluation): Chart | undefined {
  if (deciles.length === 0) return undefined;
  const { of, unit, digits, what } = READABLE[judgedIn];
  const column = (name: "forecast" | "truth" | "low" | "high") =>
    short(deciles.map((decile) => of(decile[name])));
  const [said, came] = [column("forecast"), column("truth")];
  const inWords = (values: readonly number[]) =>
    `${values[0]!.toFixed(digits)} to ${values[9]!.toFixed(digits)} ${unit}`;
  return {
    id: "deciles",
    title: "What was forecast and what came",
    explanation: `${what} in each tenth of the forecasts, lowest first, with 95 % intervals.`,
    words: `From the lowest to the highest tenth the forecasts went from ${inWords(said)}, ` +
      `what came from ${inWords(came)}.`,
    isWide: false,
    axis: "steps",
    xLabel: "tenth",
    x: deciles.map((_, i) => i + 1),
    series: [
      { label: "came", colour: "one", values: came, width: 0, points: true },
      { label: "forecast", colour: "two", values: said, width: 2, points: false, dash: [6, 3] },
    ],
    low: column("low"),
    high: column("high"),
    include: judgedIn === "log volatility" ? [] : [0],
    unit,
    digits,
  };
}

function coverage({ years }: Evaluation): Chart {
  const column = (of: "coverage80" | "coverage90") => years.map((year) => 100 * year[of]);
  const level = (value: number, colour: "one" | "two"): Line => ({
    ...{ label: `${value} promised`, colour, values: years.map(() => value), width: 1 },
    ...{ points: false, dash: [4, 4] },
  });
  const [in80, in90] = [column("coverage80"), column("coverage90")];
  return {
    id: "coverage",
    title: "How often the intervals held the truth",
    explanation: "By year, beside the 80 % and the 90 % that they promise.",
    words: years.map(({ year }, i) =>
      `${year}: ${in80[i]!.toFixed(1)} % in the 80 % interval, ${
        in90[i]!.toFixed(1)
      } % in the 90 % interval.`
    ).join(" "),
    isWide: false,
    axis: "steps",
    xLabel: "year",
    x: years.map(({ year }) => year),
    series: [
      {
        ...{ label: "in 80 %", colour: "one", values: short(in80) },
        ...{ width: years.length > 1 ? 2 : 0, points: true },
      },
      {
        ...{ label: "in 90 %", colour: "two", values: short(in90) },
        ...{ width: years.length > 1 ? 2 : 0, points: true },
      },
      level(80, "one"),
      level(90, "two"),
    ],
    include: [75, 95],
    unit: "%",
    digits: 1,
  };
}

const COLOURS = ["one", "two", "three", "four"] as const;
const DASHES = [[], [6, 3], [2, 3], [9, 3, 2, 3]] as const;

function weights({ refits, spec }: Evaluation): Chart | undefined {
  if (spec.learner !== "auto" && spec.learner !== "ensemble") return undefined;
  const names = [...new Set(refits.flatMap(({ weights }) => Object.keys(weights)))];
  const columns = Object.entries({
    "shrink factor": refits.map(({ factor }) => factor),
    ...Object.fromEntries(
      names.map((name) => [
        name,
        refits.map(({ weights }) =>
          Object.entries(weights).find(([own]) => own === name)?.[1] ?? 0
        ),
      ]),
    ),
  });
  const last = refits[refits.length - 1]!;
  return {
    id: "weights",
    title: "How far the learners were believed",
    explanation: "Shrink factor and each learner's weight at every refit; the rest is no forecast.",
    words: `${refits.length} refits; at the last, on ${day(last.atMs)}: ` +
      columns.map(([name, values]) => `${name} ${values[values.length - 1]!.toFixed(3)}`).join(
        ", ",
      ),
    isWide: true,
    axis: "time",
    xLabel: "from",
    x: refits.map(({ atMs }) => seconds(atMs)),
    series: columns.map(([label, values], i): Line => ({
      label,
      values: short(values),
      points: false,
      // Alone, a learner's weight is the factor: the thin line runs inside the broad one.
      ...(i === 0
        ? { width: 8, colour: "rule" }
        : { width: 2, colour: COLOURS[(i - 1) % 4]!, dash: DASHES[(i - 1) % 4]! }),
    })),
    include: [0],
    unit: "",
    digits: 3,
  };
}
