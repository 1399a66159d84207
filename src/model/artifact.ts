import { createHash } from "node:crypto";
import { PipelineError } from "../errors.ts";
import {
  count,
  finite,
  isRecord,
  list,
  oneOf,
  optional,
  orNull,
  positive,
  type Shape,
  shapeDefect,
  share,
  text,
} from "./artifact_shape.ts";
import type { Calibration } from "./calibration.ts";
import { MEMBERS } from "./combination.ts";
import type { Fitted, Har } from "./fit.ts";
import { type Lineage, lineageDefect } from "./lineage.ts";
import { LEARNERS, type ModelSpec, TARGETS } from "./spec.ts";
import type { Trees } from "./trees.ts";

/** Everything a forecast needs of the past: a few hundred numbers. */
export interface Artifact {
  /** First twelve digits of the checksum: names the artifact in logs and in the ledger. */
  readonly id: string;
  readonly spec: ModelSpec;
  readonly intervalMs: number;
  /** Ends of the first and the last candle it was trained with, epoch milliseconds. */
  readonly trainedFromMs: number;
  readonly trainedToMs: number;
  readonly features: readonly string[];
  /** Trees and har are null where the learner has no use for them. */
  readonly fitted: Fitted;
  readonly calibration: Calibration;
  readonly record: TrackRecord;
}

/**
 * How the learner and the unshrunk ridge did out of sample while the artifact was made, in log-returns
 * (also for prices and labels) or log volatility.
 */
export interface TrackRecord {
  readonly forecasts: number;
  /** Squared error over that of the reference (zero; for volatility the expanding mean). */
  readonly mseRatio: number;
  readonly mseRatioUnshrunk: number;
  /** sd(forecast) / sd(truth). */
  readonly sdRatio: number;
  readonly sdRatioUnshrunk: number;
}

const FORMAT = "allora-pipeline model";
const VERSION = 2;

type Content = Omit<Artifact, "id">;

/** Seals a trained model: its id is taken from its content. */
export function sealArtifact(content: Content): Artifact {
  return { id: checksumOf(content).slice(0, 12), ...content };
}

/** JSON text, one line; numbers are written so that parsing gives back the same bits. */
export function serialiseArtifact({ id: _, ...model }: Artifact, lineage?: Lineage): string {
  const checksum = checksumOf(model);
  return JSON.stringify({ format: FORMAT, version: VERSION, checksum, model, lineage }) + "\n";
}

/** Reads what serialiseArtifact wrote; throws "invalid" naming what is wrong with anything else. */
export function parseArtifact(text: string): Artifact {
  return parseKept(text).artifact;
}

/** The same with the artifact's lineage, which older files do not have. */
export function parseKept(
  text: string,
): { readonly artifact: Artifact; readonly lineage: Lineage | undefined } {
  let envelope: unknown;
  try {
    envelope = JSON.parse(text);
  } catch (cause) {
    throw defect("it is not JSON", cause);
  }
  if (!isRecord(envelope) || envelope.format !== FORMAT) throw defect(`format is not "${FORMAT}"`);
  if (envelope.version !== VERSION) {
    throw defect(`version is ${JSON.stringify(envelope.version)}, this program reads ${VERSION}`);
  }
  const { model } = envelope;
  if (!isRecord(model)) throw defect("model is missing");
  if (envelope.checksum !== checksumOf(model)) {
    throw defect("checksum does not match the content: it was changed or cut short");
  }
  checkModel(model);
  const { lineage } = envelope;
  const wrong = lineage === undefined ? undefined : lineageDefect(lineage);
  if (wrong !== undefined) throw defect(wrong);
  // lineageDefect() found nothing: it is one.
  return { artifact: sealArtifact(model), lineage: lineage as Lineage | undefined };
}

const MODEL: Shape = {
  spec: {
    target: oneOf(TARGETS),
    horizonMs: positive,
    learner: oneOf(LEARNERS),
    barrier: optional(positive),
    labels: optional(list(text, 3)),
  },
  intervalMs: positive,
  trainedFromMs: finite,
  trainedToMs: finite,
  features: list(text),
  fitted: {
    ridge: {
      mean: list(finite),
      sd: list(positive),
      coefficients: list(finite),
      intercept: finite,
      strength: orNull(positive),
    },
    mean: finite,
  },
  calibration: {
    factor: (value) => share(value) && value !== 0,
    slope: finite,
    slopeError: orNull(finite),
    weights: Object.fromEntries(MEMBERS.map((member) => [member, optional(share)])),
    reference: finite,
    quantile80: finite,
    quantile90: finite,
    smear: positive,
    frequencies: list(share, 3),
    weight: share,
  },
  record: {
    forecasts: count,
    mseRatio: finite,
    mseRatioUnshrunk: finite,
    sdRatio: finite,
    sdRatioUnshrunk: finite,
  },
};

const TREES: Shape = {
  intercept: finite,
  depth: (value) => count(value) && value !== 0,
  column: list(count),
  threshold: list(finite),
  leaf: list(finite),
};

const HAR: Shape = { columns: list(count), intercept: finite, coefficients: list(finite) };

function checkModel(model: unknown): asserts model is Content {
  const wrong = shapeDefect(model, MODEL, "");
  if (wrong !== undefined) throw defect(wrong);
  // The shape holds from here on; what remains is whether the parts fit together.
  const { spec, intervalMs, features, fitted, calibration } = model as Content;
  const { ridge, trees, har } = fitted;
  for (const [name, part, shape] of [["trees", trees, TREES], ["har", har, HAR]] as const) {
    const wrong = part === null ? undefined : shapeDefect(part, shape, `fitted.${name}.`);
    if (wrong !== undefined) throw defect(wrong);
  }
  const { mean, sd, coefficients } = ridge;
  for (const [name, { length }] of Object.entries({ mean, sd, coefficients })) {
    if (length !== features.length) {
      throw defect(`fitted.ridge.${name} has ${length} values for ${features.length} features`);
    }
  }
  if (trees !== null) checkTrees(trees, features.length);
  if (har !== null) checkHar(har, features.length);
  for (const name of ["trees", "har"] as const) {
    if (calibration.weights[name] !== undefined && fitted[name] === null) {
      throw defect(`fitted.${name} is missing and counts for ${calibration.weights[name]}`);
    }
  }
  if (!Number.isInteger(spec.horizonMs / intervalMs)) {
    throw defect(`spec.horizonMs ${spec.horizonMs} is not a multiple of intervalMs ${intervalMs}`);
  }
}

function checkTrees({ depth, column, threshold, leaf }: Trees, features: number): void {
  const trees = leaf.length / 2 ** depth;
  const nodes = trees * (2 ** depth - 1);
  if (!Number.isInteger(trees) || column.length !== nodes || threshold.length !== nodes) {
    throw defect(
      `fitted.trees has ${column.length} columns, ${threshold.length} thresholds and ` +
        `${leaf.length} leaves at depth ${depth}`,
    );
  }
  checkColumns("fitted.trees.column", column, features);
}

function checkHar({ columns, coefficients }: Har, features: number): void {
  if (columns.length !== coefficients.length) {
    throw defect(
      `fitted.har has ${coefficients.length} coefficients for ${columns.length} columns`,
    );
  }
  checkColumns("fitted.har.columns", columns, features);
}

function checkColumns(name: string, columns: ArrayLike<number>, features: number): void {
  const stray = Array.from(columns).find((column) => column >= features);
  if (stray !== undefined) throw defect(`${name} asks for ${stray} of ${features} features`);
}

function checksumOf(model: unknown): string {
  return createHash("sha256").update(JSON.stringify(model)).digest("hex");
}

function defect(what: string, cause?: unknown): PipelineError {
  return new PipelineError("invalid", `Cannot read the model: ${what}`, {
    cause,
    hint: "run allora-pipeline train to make it anew",
  });
}
