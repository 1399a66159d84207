import { PipelineError } from "../errors.ts";
import { isRecord } from "./artifact_shape.ts";
import { inMillionths, type Probabilities } from "./labels.ts";
import { DEFAULT_LABELS, type ModelSpec } from "./spec.ts";

/** What a model from elsewhere says of a topic, checked. */
export interface OwnAnswer {
  /** In the target's unit, or the probabilities of the classes in the topic's order. */
  readonly said: number | Probabilities;
  /** Its 90 % interval, which holds the value. */
  readonly bounds?: { readonly low: number; readonly high: number };
  /** Volatility over the horizon, in log-return units. */
  readonly sigma?: number;
}

/** Probabilities may miss a sum of 1 by this much: what writing floats with few digits costs. */
const UNITY_TOLERANCE = 1e-6;

/**
 * Reads {"value": number} or, for labels, {"labels": {name: probability}}, with "low" and "high", and
 * "sigma", where it has them. Other fields are left alone. Throws "invalid" that begins with
 * `Cannot use ${subject}` for anything that is not such an answer.
 */
export function readAnswer(answer: unknown, spec: ModelSpec, subject: string): OwnAnswer {
  const wrong = (what: string) => defect(subject, what);
  if (!isRecord(answer)) throw wrong(`it is ${shown(answer)}, not an object`);
  const [wanted, foreign] = spec.target === "labels" ? ["labels", "value"] : ["value", "labels"];
  if (Object.hasOwn(answer, foreign!)) {
    throw wrong(`it has ${foreign}, and a ${spec.target} topic takes ${wanted}`);
  }
  const number = (name: string) => {
    const value = answer[name];
    if (typeof value !== "number") throw wrong(`${name} is ${shown(value)}, not a number`);
    if (!Number.isFinite(value)) throw wrong(`${name} is ${value}, not finite`);
    return value;
  };
  const optional = (name: string) =>
    answer[name] === undefined || answer[name] === null ? undefined : number(name);

  const said = wanted === "labels"
    ? probabilitiesOf(answer["labels"], spec.labels ?? DEFAULT_LABELS, wrong)
    : number("value");
  const [low, high, sigma] = [optional("low"), optional("high"), optional("sigma")];
  if (sigma !== undefined && sigma <= 0) throw wrong(`sigma is ${sigma}, not above 0`);
  if ((low === undefined) !== (high === undefined)) {
    throw wrong(`${low === undefined ? "low" : "high"} is missing beside its counterpart`);
  }
  if (low !== undefined && high !== undefined) {
    if (typeof said !== "number") throw wrong("low and high have no meaning for labels");
    if (!(low <= said && said <= high)) {
      throw wrong(`value is ${said}, outside its interval ${low} … ${high}`);
    }
    // A price and a volatility are above 0, and so is what they may fall to.
    if (spec.target !== "log-return" && low <= 0) throw wrong(`low is ${low}, not above 0`);
  }
  return {
    said,
    ...low !== undefined && high !== undefined && { bounds: { low, high } },
    ...sigma !== undefined && { sigma },
  };
}

/** Three probabilities as they may be used: in [0, 1], and rounded so that they sum to exactly 1. */
export function checkedProbabilities(
  [down, between, up]: Probabilities,
  wrong: (what: string) => PipelineError,
): Probabilities {
  for (const each of [down, between, up]) {
    if (!(each >= 0 && each <= 1)) throw wrong(`a probability is ${each}, outside [0, 1]`);
  }
  const sum = down + between + up;
  if (Math.abs(sum - 1) > UNITY_TOLERANCE) {
    throw wrong(`the probabilities sum to ${Number(sum.toPrecision(9))}, not to 1`);
  }
  return inMillionths([down, between, up]);
}

function probabilitiesOf(
  found: unknown,
  labels: readonly [string, string, string],
  wrong: (what: string) => PipelineError,
): Probabilities {
  if (!isRecord(found)) throw wrong(`labels is ${shown(found)}, not an object`);
  const unknown = Object.keys(found).find((name) => !labels.some((label) => label === name));
  if (unknown !== undefined) {
    throw wrong(`it has the label ${shown(unknown)}, the topic has ${labels.join(", ")}`);
  }
  const of = (label: string) => {
    const value = Object.hasOwn(found, label) ? found[label] : undefined;
    if (typeof value === "number") return value;
    throw wrong(`label ${shown(label)} is ${shown(value)}, not a number`);
  };
  return checkedProbabilities([of(labels[0]), of(labels[1]), of(labels[2])], wrong);
}

/** The error for what a model from elsewhere said. */
export function defect(subject: string, what: string, cause?: unknown): PipelineError {
  return new PipelineError("invalid", `Cannot use ${subject}: ${what}`, {
    ...cause !== undefined && { cause },
    hint: "see what is expected: allora-pipeline help model",
  });
}

function shown(value: unknown): string {
  return (JSON.stringify(value) ?? "missing").slice(0, 80);
}
