import { createHash } from "node:crypto";
import { PipelineError } from "../errors.ts";
import type { Calibration } from "./calibration.ts";
import { LEARNERS, type ModelSpec, TARGETS } from "./spec.ts";

/** Everything a forecast needs of the past: a few hundred numbers. */
export interface Artifact {
  /** First twelve digits of the checksum: names the artifact in logs and in the ledger. */
  readonly id: string;
  readonly spec: ModelSpec;
  readonly intervalMs: number;
  /** Ends of the first and the last candle it was trained with, epoch milliseconds. */
  readonly trainedFromMs: number;
  readonly trainedToMs: number;
  readonly ridge: {
    readonly features: readonly string[];
    readonly mean: readonly number[];
    readonly sd: readonly number[];
    readonly coefficients: readonly number[];
    readonly intercept: number;
    /** Ridge strength per training row; null: infinite, the features had nothing to say. */
    readonly strength: number | null;
  };
  /** Mean of all truths, in the problem's units. */
  readonly mean: number;
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
const VERSION = 1;

type Content = Omit<Artifact, "id">;

/** Seals a trained model: its id is taken from its content. */
export function sealArtifact(content: Content): Artifact {
  return { id: checksumOf(content).slice(0, 12), ...content };
}

/** JSON text, one line; numbers are written so that parsing gives back the same bits. */
export function serialiseArtifact({ id: _, ...model }: Artifact): string {
  return JSON.stringify({ format: FORMAT, version: VERSION, checksum: checksumOf(model), model }) +
    "\n";
}

/** Reads what serialiseArtifact wrote; throws "invalid" naming what is wrong with anything else. */
export function parseArtifact(text: string): Artifact {
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
  return sealArtifact(model);
}

type Rule = (value: unknown) => boolean;
interface Shape {
  readonly [field: string]: Rule | Shape;
}

const finite: Rule = (value) => Number.isFinite(value);
const positive: Rule = (value) => Number.isFinite(value) && Number(value) > 0;
const share: Rule = (value) => Number.isFinite(value) && Number(value) >= 0 && Number(value) <= 1;
const count: Rule = (value) => Number.isSafeInteger(value) && Number(value) >= 0;
const optional = (rule: Rule): Rule => (value) => value === undefined || rule(value);
const orNull = (rule: Rule): Rule => (value) => value === null || rule(value);
const oneOf = (names: readonly string[]): Rule => (value) => names.some((name) => name === value);
const list = (rule: Rule, length?: number): Rule => (value) =>
  Array.isArray(value) && value.length === (length ?? value.length) && value.every(rule);
const text: Rule = (value) => typeof value === "string" && value !== "";

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
  ridge: {
    features: list(text),
    mean: list(finite),
    sd: list(positive),
    coefficients: list(finite),
    intercept: finite,
    strength: orNull(positive),
  },
  mean: finite,
  calibration: {
    factor: (value) => share(value) && value !== 0,
    slope: finite,
    slopeError: orNull(finite),
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

function checkModel(model: unknown): asserts model is Content {
  checkShape(model, MODEL, "");
  // The shape holds from here on; what remains is whether the parts fit together.
  const { spec, intervalMs, ridge } = model as Content;
  const { features, mean, sd, coefficients } = ridge;
  for (const [name, values] of Object.entries({ mean, sd, coefficients })) {
    if (values.length !== features.length) {
      throw defect(`ridge.${name} has ${values.length} values for ${features.length} features`);
    }
  }
  if (!Number.isInteger(spec.horizonMs / intervalMs)) {
    throw defect(`spec.horizonMs ${spec.horizonMs} is not a multiple of intervalMs ${intervalMs}`);
  }
}

function checkShape(value: unknown, shape: Shape, path: string): void {
  if (!isRecord(value)) throw defect(`${path.slice(0, -1) || "model"} is missing`);
  for (const [field, rule] of Object.entries(shape)) {
    const found = value[field];
    if (typeof rule !== "function") checkShape(found, rule, `${path}${field}.`);
    else if (!rule(found)) {
      const shown = (JSON.stringify(found) ?? "missing").slice(0, 60);
      throw defect(`${path}${field} is ${shown}`);
    }
  }
}

function checksumOf(model: unknown): string {
  return createHash("sha256").update(JSON.stringify(model)).digest("hex");
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function defect(what: string, cause?: unknown): PipelineError {
  return new PipelineError("invalid", `Cannot read the model: ${what}`, {
    cause,
    hint: "run allora-pipeline train to make it anew",
  });
}
