import {
  type Columns,
  flag,
  integer,
  nullable,
  number,
  readRow,
  text,
  uallo,
  word,
} from "./columns.ts";
import type { Row } from "../host/database.ts";

/** One worker's place in one window of one topic; nonce is the height at which the window opened. */
export interface SubmissionKey {
  readonly topicId: bigint;
  readonly nonce: bigint;
  readonly worker: string;
}

/** First and last block (inclusive) in which the chain takes the submission. */
export interface WindowSpan {
  readonly windowOpens: bigint;
  readonly windowCloses: bigint;
}

export interface LabelValue {
  readonly label: string;
  readonly value: string;
}

/** What is to be sent, and the forecast that it came from. */
export interface Plan extends SubmissionKey, WindowSpan {
  /** Canonical decimal text as it is signed. */
  readonly value: string;
  /** The values of a topic with several labels; null for a single value. */
  readonly labels: readonly LabelValue[] | null;
  /** 90 % interval, and the 80 % one, in the unit of the value. */
  readonly low: number;
  readonly high: number;
  readonly low80: number;
  readonly high80: number;
  readonly sigma: number;
  readonly basePrice: number;
  /** Time of the nonce's block, from whose minute the prediction looks ahead; epoch milliseconds. */
  readonly baseMs: number;
  readonly model: string;
  /** What stood in for the model's own forecast; null when nothing did. */
  readonly fallback: Fallback | null;
}

/** older-candles: the model on the newest sound data; mean: the shrunk expanding mean. */
export type Fallback = "older-candles" | "mean";

/** A prediction that the validator did not let pass. */
export interface Refusal extends SubmissionKey, WindowSpan {
  readonly value: string;
  readonly model: string;
  readonly reason: string;
}

/** What became of a submission after its window closed; each fact is null until it is known. */
export interface Settlement {
  /** Whether the chain counts the inference among those of its nonce. */
  readonly included: boolean | null;
  readonly score: string | null;
  /** The worker's EMA score in the topic after this epoch. */
  readonly emaScore: string | null;
  /** What the epoch paid; the chain rewards in fractions of a uallo, which are dropped. */
  readonly rewardUallo: bigint | null;
  /** One number, or for several labels the JSON text of their values. */
  readonly networkValue: string | null;
  /** The true value, in the unit of the prediction, its loss, and the loss of the zero forecast. */
  readonly realised: number | null;
  readonly loss: number | null;
  readonly lossZero: number | null;
}

/**
 * refused: the validator said no, to be tried again. planned: intended, nothing signed. The others
 * are the furthest state that any of its transactions has reached.
 */
export type SubmissionState =
  | "refused"
  | "planned"
  | "signed"
  | "sent"
  | "confirmed"
  | "rejected"
  | "expired";

export type Nullable<T> = { readonly [K in keyof T]: T[K] | null };
/** The numbers of the forecast, which a refused prediction may not have. */
type ForecastNumbers = Nullable<
  Omit<Plan, keyof SubmissionKey | keyof WindowSpan | "value" | "labels" | "model" | "fallback">
>;

export interface Submission extends SubmissionKey, WindowSpan, ForecastNumbers, Settlement {
  readonly value: string;
  readonly labels: readonly LabelValue[] | null;
  readonly model: string;
  readonly fallback: Fallback | null;
  readonly state: SubmissionState;
  readonly reason: string | null;
  readonly createdMs: number;
  readonly updatedMs: number;
  /** When nothing more can become known of it; null until then. */
  readonly settledMs: number | null;
}

/** A submission with what its transactions cost so far, and the hash of the last of them. */
export interface PastSubmission extends Submission {
  readonly hash: string | null;
  readonly feePaidUallo: bigint;
}

const COLUMNS: Columns<Submission> = {
  topicId: integer,
  nonce: integer,
  worker: text,
  value: text,
  labels: nullable(labelValues),
  low: nullable(number),
  high: nullable(number),
  low80: nullable(number),
  high80: nullable(number),
  sigma: nullable(number),
  basePrice: nullable(number),
  baseMs: nullable(number),
  model: text,
  fallback: nullable(word("older-candles", "mean")),
  state: word("refused", "planned", "signed", "sent", "confirmed", "rejected", "expired"),
  reason: nullable(text),
  windowOpens: integer,
  windowCloses: integer,
  createdMs: number,
  updatedMs: number,
  included: nullable(flag),
  score: nullable(text),
  emaScore: nullable(text),
  rewardUallo: nullable(uallo),
  networkValue: nullable(text),
  realised: nullable(number),
  loss: nullable(number),
  lossZero: nullable(number),
  settledMs: nullable(number),
};

export function readSubmission(row: Row): Submission {
  return readRow(COLUMNS, row);
}

/** From a row of submissions with `fees`, comma separated, and `hash` beside it. */
export function pastSubmission(row: Row): PastSubmission {
  const { fees, hash } = readRow({ fees: nullable(text), hash: nullable(text) }, row);
  const paid = (fees?.split(",") ?? []).map((fee) => BigInt(fee));
  return { ...readSubmission(row), hash, feePaidUallo: paid.reduce((a, b) => a + b, 0n) };
}

/** The values of labels in their JSON text; undefined when it is something else. */
export function labelValues(value: unknown): readonly LabelValue[] | undefined {
  if (typeof value !== "string") return undefined;
  const parsed: unknown = JSON.parse(value);
  return Array.isArray(parsed) && parsed.every(isLabelValue) ? parsed : undefined;
}

function isLabelValue(value: unknown): value is LabelValue {
  return typeof value === "object" && value !== null &&
    "label" in value && typeof value.label === "string" &&
    "value" in value && typeof value.value === "string";
}
