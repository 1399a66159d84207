import { messageOf, PipelineError } from "../errors.ts";
import { writeAtomically } from "../host/atomic_file.ts";
import { statePaths } from "../host/paths.ts";
import { textAt } from "./model_files.ts";

/** What is done for a topic's model once a day of the market's time, each in a file beside the models. */
export type Mark = "looked_at" | "waiting_since" | "tried_at";

const DAY_MS = 86_400_000;

/** When that was last, epoch milliseconds; NaN when it never was. */
export async function markedMs(stateDir: string, topicId: bigint, mark: Mark): Promise<number> {
  return Number(await textAt(pathOf(stateDir, topicId, mark)) ?? NaN);
}

/** Whether that was within the day before `nowMs`. */
export async function isMarked(
  stateDir: string,
  topicId: bigint,
  mark: Mark,
  nowMs: number,
): Promise<boolean> {
  const agoMs = nowMs - await markedMs(stateDir, topicId, mark);
  return agoMs >= 0 && agoMs < DAY_MS;
}

/** Notes that it is done at `nowMs`. */
export function setMark(stateDir: string, topicId: bigint, mark: Mark, nowMs: number): void {
  writeAtomically(pathOf(stateDir, topicId, mark), `${nowMs}\n`);
}

/** Forgets when it was done. */
export async function clearMark(stateDir: string, topicId: bigint, mark: Mark): Promise<void> {
  const path = pathOf(stateDir, topicId, mark);
  try {
    await Deno.remove(path);
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return;
    throw new PipelineError("denied", `Cannot delete ${path}: ${messageOf(thrown)}`, {
      cause: thrown,
      hint: "check the owner and the mode of its directory",
    });
  }
}

function pathOf(stateDir: string, topicId: bigint, mark: Mark): string {
  return `${statePaths(stateDir).models(topicId)}/${mark}.json`;
}
