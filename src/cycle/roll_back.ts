import { PipelineError } from "../errors.ts";
import type { TopicSettings } from "../settings.ts";
import { assertFits, readPromoted, readPromotion, writePromotion } from "./artifact_store.ts";
import { type Kept, keptModel, keptModels } from "./model_files.ts";
import type { Run } from "./run.ts";

export interface RolledBack {
  /** The model that predicted before; undefined when the file that named it is damaged. */
  readonly from: string | undefined;
  readonly to: Kept;
}

/**
 * Lets the model of this id predict again, or without one the parent of the promoted, until a better one
 * comes or train --force. Deletes nothing.
 * Throws "usage" for an id that is not kept, "invalid" when there is no parent, and as readArtifact does
 * for a model that could not predict.
 */
export async function rollBack(
  run: Run,
  topic: TopicSettings,
  id: string | undefined,
): Promise<RolledBack> {
  const { stateDir } = run.settings;
  const { topicId } = topic;
  const to = id === undefined
    ? await parentOf(stateDir, topic)
    : await namedModel(stateDir, topicId, id);
  assertFits(to, topic);
  const from = await readPromotion(stateDir, topicId).catch((thrown) => {
    // A damaged file is what this cures.
    if (id === undefined || !(thrown instanceof PipelineError)) throw thrown;
    return undefined;
  });
  const why = from === undefined ? "rolled back" : `rolled back from ${from.id}`;
  const promotion = { id: to.artifact.id, promotedMs: run.host.nowMs(), why, isPinned: true };
  writePromotion(stateDir, topicId, promotion);
  run.tell("model.promoted", { topic: topicId, model: promotion.id, reason: why });
  return { from: from?.id, to };
}

/** The kept model whose id begins so. Throws "usage" when there is none, or more than one. */
export async function namedModel(stateDir: string, topicId: bigint, id: string): Promise<Kept> {
  const { kept, damaged } = await keptModels(stateDir, topicId);
  const ids = kept.map(({ artifact }) => artifact.id);
  const found = kept.filter(({ artifact }) => artifact.id.startsWith(id));
  const broken = damaged.find((each) => each.id === id);
  if (broken !== undefined) throw broken.error;
  if (found.length === 1 && found[0] !== undefined) return found[0];
  const what = found.length === 0 ? "no model" : `${found.length} models`;
  throw new PipelineError("usage", `Cannot take model ${id} of topic ${topicId}: ${what} kept so`, {
    hint: ids.length === 0 ? "none is kept: run allora-pipeline train" : `one of ${ids.join(", ")}`,
  });
}

async function parentOf(stateDir: string, topic: TopicSettings): Promise<Kept> {
  const { topicId } = topic;
  const promoted = await readPromoted(stateDir, topic);
  const parent = promoted?.lineage?.parent ?? undefined;
  const found = parent === undefined ? undefined : await keptModel(stateDir, topicId, parent);
  if (found !== undefined) return found;
  const id = promoted?.artifact.id;
  throw new PipelineError(
    "invalid",
    id === undefined
      ? `Cannot roll topic ${topicId} back: no model is promoted`
      : `Cannot roll topic ${topicId} back: model ${id} took no other's place`,
    { hint: `name one: see allora-pipeline models --topic ${topicId}` },
  );
}
