import { messageOf, PipelineError } from "../errors.ts";
import { writeAtomically } from "../host/atomic_file.ts";
import { statePaths } from "../host/paths.ts";
import type { Artifact } from "../model/artifact.ts";
import type { ModelSpec } from "../model/spec.ts";
import type { TopicSettings } from "../settings.ts";
import { type Kept, keptModel, saveModel, textAt } from "./model_files.ts";

/** What the model has to do for a topic; where it is the person's own, the learner is the default one. */
export function specOf(topic: TopicSettings): ModelSpec {
  const [below, between, above] = topic.labels;
  return {
    target: topic.target,
    horizonMs: topic.horizonMs,
    learner: typeof topic.model === "string" ? topic.model : "auto",
    barrier: topic.barrier,
    labels: [below ?? "down", between ?? "neutral", above ?? "up"],
  };
}

/** Which model predicts; times are of the wall clock, epoch milliseconds. */
export interface Promotion {
  readonly id: string;
  readonly promotedMs: number;
  readonly why: string;
  /** A person put it there: only a better model takes its place, however old it grows. */
  readonly isPinned: boolean;
}

/**
 * The topic's promoted model, or undefined when there is none.
 *
 * Throws "invalid" when a file is damaged, "config" when it was trained for something else.
 */
export async function readArtifact(
  stateDir: string,
  topic: TopicSettings,
): Promise<Artifact | undefined> {
  const promoted = await readPromoted(stateDir, topic);
  if (promoted === undefined) return undefined;
  assertFits(promoted, topic);
  return promoted.artifact;
}

/** The same with what is known of it, whether or not it fits the topic's settings. */
export async function readPromoted(
  stateDir: string,
  { topicId }: Pick<TopicSettings, "topicId">,
): Promise<Kept | undefined> {
  const promotion = await readPromotion(stateDir, topicId) ?? await takeOver(stateDir, topicId);
  return promotion && await keptModel(stateDir, topicId, promotion.id);
}

/** Which model of the topic predicts; throws "invalid" for a damaged file. */
export async function readPromotion(
  stateDir: string,
  topicId: bigint,
): Promise<Promotion | undefined> {
  const path = promotionPath(stateDir, topicId);
  const text = await textAt(path);
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    if (isPromotion(value)) return { ...value, isPinned: value.pinned === true };
  } catch {
    // What it is instead of JSON, nobody needs to know.
  }
  throw new PipelineError("invalid", `Cannot use ${path}: it does not name a model`, {
    hint: `run allora-pipeline models rollback --topic ${topicId} with the id of one`,
  });
}

/** Lets a stored model predict from now on; after a crash either the old one does or this one. */
export function writePromotion(stateDir: string, topicId: bigint, promotion: Promotion): void {
  const { id, promotedMs, why, isPinned } = promotion;
  const text = `${JSON.stringify({ id, promotedMs, why, ...isPinned && { pinned: true } })}\n`;
  writeAtomically(promotionPath(stateDir, topicId), text);
}

/** Throws "config" when the model was trained for another task than the topic's settings say. */
export function assertFits(kept: Kept, topic: TopicSettings): void {
  if (fits(kept, topic)) return;
  const { artifact: { spec: { target, horizonMs } }, lineage, path } = kept;
  const pair = lineage?.pair ? ` of ${lineage.pair}` : "";
  throw new PipelineError(
    "config",
    `Cannot use ${path}: it was trained for ${target}${pair} over ${horizonMs} ms, ` +
      "the topic's settings say otherwise",
    { hint: `run allora-pipeline train --topic ${topic.topicId}` },
  );
}

/**
 * Whether the model was trained for what the topic's settings ask. By which learner does not matter: that
 * of another one predicts until the one that is asked for is shown to be better.
 */
export function fits({ artifact, lineage }: Kept, topic: TopicSettings): boolean {
  const wanted = specOf(topic);
  const trained = artifact.spec;
  const classes = ({ labels, barrier }: ModelSpec) => JSON.stringify([labels, barrier]);
  return trained.target === wanted.target && trained.horizonMs === wanted.horizonMs &&
    artifact.intervalMs === topic.intervalMs && (lineage?.pair ?? topic.pair) === topic.pair &&
    (wanted.target !== "labels" || classes(trained) === classes(wanted));
}

/**
 * Takes over the one model that earlier versions kept beside the directories. Its file goes last, so that
 * after a crash this begins anew.
 */
async function takeOver(stateDir: string, topicId: bigint): Promise<Promotion | undefined> {
  const old = statePaths(stateDir).oldModel(topicId);
  const found = await keptModel(stateDir, topicId, undefined);
  if (found === undefined) return undefined;
  const { mtime } = await Deno.stat(old);
  const madeMs = mtime?.getTime() ?? 0;
  const why = "taken over from an earlier version";
  saveModel(stateDir, topicId, found.artifact, {
    ...{ madeMs, why, tookMs: null, candles: null, pair: null, venues: [] },
    ...{ historyMs: null, code: null, parent: null, comparison: null },
  });
  const promotion = { id: found.artifact.id, promotedMs: madeMs, why, isPinned: false };
  writePromotion(stateDir, topicId, promotion);
  try {
    await Deno.remove(old);
  } catch (thrown) {
    // Another process took it over at the same time.
    if (!(thrown instanceof Deno.errors.NotFound)) {
      throw new PipelineError("denied", `Cannot delete ${old}: ${messageOf(thrown)}`, {
        cause: thrown,
        hint: "check the owner and the mode of its directory",
      });
    }
  }
  return promotion;
}

function promotionPath(stateDir: string, topicId: bigint): string {
  return `${statePaths(stateDir).models(topicId)}/promoted.json`;
}

function isPromotion(
  value: unknown,
): value is Omit<Promotion, "isPinned"> & { readonly pinned?: unknown } {
  return typeof value === "object" && value !== null &&
    "id" in value && typeof value.id === "string" && /^[0-9a-f]{12}$/.test(value.id) &&
    "promotedMs" in value && Number.isFinite(value.promotedMs) &&
    "why" in value && typeof value.why === "string";
}
