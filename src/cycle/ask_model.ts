import { readCapped } from "../chain/read_capped.ts";
import { messageOf, PipelineError } from "../errors.ts";
import { deadline } from "../host/deadline.ts";
import { defect } from "../model/own_answer.ts";
import type { Question } from "./own_question.ts";
import type { Run } from "./run.ts";

/** An answer is a handful of numbers. */
export const MAX_ANSWER_BYTES = 64 * 1024;

/**
 * Posts the question to a model's URL and gives what it answers with status 200, parsed. It may take
 * `timeoutMs`, but never more than half of the visit's time: the rest is for signing and sending.
 *
 * Throws "unavailable" when there is no such answer, "invalid" when it is not JSON.
 */
export async function askModel(
  run: Run,
  url: string,
  question: Question,
  timeoutMs: number,
): Promise<unknown> {
  using limit = deadline(Math.min(timeoutMs, run.settings.runTimeoutMs / 2), run.signal);
  let status: number;
  let text: string;
  try {
    const response = await run.host.fetch(url, {
      method: "POST",
      headers: { accept: "application/json", "content-type": "application/json" },
      body: JSON.stringify(question),
      redirect: "manual",
      signal: limit.signal,
    });
    status = response.status;
    text = await readCapped(response, MAX_ANSWER_BYTES);
  } catch (thrown) {
    const reason = limit.signal.aborted ? limit.signal.reason : thrown;
    throw unreachable(url, messageOf(reason), thrown);
  }
  if (status >= 300 && status < 400) {
    throw unreachable(url, `status is ${status}, and a redirect is not followed`);
  }
  if (status !== 200) {
    const said = text.trim() && `: ${messageOf(text).slice(0, 200)}`;
    throw unreachable(url, `status is ${status}${said}`);
  }
  if (text.trim() === "") throw defect(`the answer of ${url}`, "it is empty");
  try {
    return JSON.parse(text);
  } catch (thrown) {
    throw defect(`the answer of ${url}`, `it is not JSON: ${messageOf(thrown)}`, thrown);
  }
}

function unreachable(url: string, what: string, cause?: unknown): PipelineError {
  return new PipelineError("unavailable", `Cannot ask the model at ${url}: ${what}`, {
    ...cause !== undefined && { cause },
    hint: "look at the program that serves it, at ALLORA_MODEL and ALLORA_MODEL_TIMEOUT",
  });
}
