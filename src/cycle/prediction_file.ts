import { messageOf, PipelineError } from "../errors.ts";
import { epochMsOf } from "../market/rfc3339.ts";
import { isRecord } from "../model/artifact_shape.ts";
import { defect } from "../model/own_answer.ts";
import { fileError } from "../settings/file_error.ts";
import { MAX_ANSWER_BYTES } from "./ask_model.ts";
import type { ChainTimes } from "./chain_times.ts";
import type { Run } from "./run.ts";

/** Somebody may be writing the file just now: it is read once more after so long, milliseconds. */
const SETTLING_MS = 250;
/** The clock of who writes the file may be ahead of the head block's time by this much. */
const MAX_AHEAD_MS = 120_000;

/** A prediction as somebody else wrote it, parsed, and its bytes. */
export interface PredictionFile {
  readonly content: unknown;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/**
 * Reads a file with a prediction. Its "made_at" must not be older than `maxAgeMs` when the window
 * opened, nor lie in the future.
 *
 * Throws "unavailable" when the file is not there or too old, "invalid" for what is no prediction, and
 * as fileError() does.
 */
export async function readPrediction(
  run: Run,
  path: string,
  maxAgeMs: number,
  { baseMs, headMs }: Pick<ChainTimes, "baseMs" | "headMs">,
): Promise<PredictionFile> {
  const subject = `the prediction in ${path}`;
  const file = await parse(path, subject).catch(async (thrown) => {
    if (!(thrown instanceof PipelineError) || thrown.kind !== "invalid") throw thrown;
    await run.host.sleep(SETTLING_MS, run.signal);
    return await parse(path, subject);
  });
  const { content } = file;
  const made = isRecord(content) ? content["made_at"] : undefined;
  const madeMs = typeof made === "string" ? epochMsOf(made) : undefined;
  if (madeMs === undefined) {
    const found = (JSON.stringify(made) ?? "missing").slice(0, 80);
    throw defect(subject, `made_at is ${found}, not a time such as 2024-12-31T00:00:00Z`);
  }
  if (madeMs > headMs + MAX_AHEAD_MS) {
    const now = new Date(headMs).toISOString();
    throw defect(subject, `made_at is ${made}, in the future of the head block's ${now}`);
  }
  const ageMs = baseMs - madeMs;
  if (ageMs <= maxAgeMs) return file;
  const minutes = (ms: number) => `${Math.round(ms / 60_000)} min`;
  throw new PipelineError(
    "unavailable",
    `Cannot use ${subject}: it was made ${minutes(ageMs)} before ` +
      `${new Date(baseMs).toISOString()}, more than ${minutes(maxAgeMs)}`,
    { hint: "look at what writes it, or set ALLORA_PREDICTION_MAX_AGE" },
  );
}

async function parse(path: string, subject: string): Promise<PredictionFile> {
  const bytes = await readSmall(path, subject, MAX_ANSWER_BYTES);
  const text = new TextDecoder().decode(bytes);
  if (text.trim() === "") throw defect(subject, "it is empty");
  try {
    return { content: JSON.parse(text), bytes };
  } catch (thrown) {
    const advice = "write it under another name and rename it";
    throw defect(subject, `it is not whole JSON: ${messageOf(thrown)}; ${advice}`, thrown);
  }
}

/** The bytes of an ordinary file of at most `maxBytes`; a symlink is followed, a pipe never opened. */
export async function readSmall(
  path: string,
  subject: string,
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  try {
    const { isFile, isDirectory, size } = await Deno.stat(path);
    if (!isFile) throw defect(subject, `it is ${isDirectory ? "a directory" : "not a file"}`);
    if (size > maxBytes) throw defect(subject, `it has ${size} bytes, more than ${maxBytes}`);
    return await Deno.readFile(path);
  } catch (thrown) {
    if (!(thrown instanceof Deno.errors.NotFound)) throw fileError("read", path, thrown);
    throw new PipelineError("unavailable", `Cannot use ${subject}: there is no such file`, {
      cause: thrown,
      hint: "look at what writes it, and at ALLORA_MODEL",
    });
  }
}
