import { PipelineError } from "../errors.ts";
import { duration } from "../settings/setting_type.ts";

/** A flag's number above 0. Throws "usage" for anything else. */
export function positiveNumber(flag: string, text: string): number {
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : NaN;
  if (value > 0 && Number.isFinite(value)) return value;
  throw new PipelineError("usage", `Cannot read --${flag}: ${text} is not a number above 0`);
}

/** A flag's whole number from 1 to `most`. Throws "usage" for anything else. */
export function countOf(flag: string, text: string, most: number): number {
  const value = positiveNumber(flag, text);
  if (Number.isInteger(value) && value <= most) return value;
  throw new PipelineError(
    "usage",
    `Cannot read --${flag}: ${text} is not a whole number from 1 to ${most}`,
  );
}

/** The topic of --topic. Throws "usage" for what is no topic's id. */
export function topicIdOf(text: string): bigint {
  if (/^[1-9]\d{0,18}$/.test(text)) return BigInt(text);
  throw new PipelineError("usage", `Cannot read --topic: ${text} is not a topic's id`, {
    hint: "give a topic's number, such as --topic 67",
  });
}

/** A flag's duration in milliseconds. Throws "usage" unless it lies in [shortest, longest]. */
export function durationOfFlag(
  flag: string,
  text: string,
  shortest: string,
  longest: string,
): number {
  const type = duration(shortest, longest);
  const value = type.parse(text, "");
  if (value !== undefined) return value;
  throw new PipelineError("usage", `Cannot read --${flag}: ${text} is not ${type.allowed}`);
}
