import { messageOf, PipelineError } from "../errors.ts";
import { writeAtomically } from "../host/atomic_file.ts";
import { statePaths } from "../host/paths.ts";
import { type Artifact, parseArtifact, serialiseArtifact } from "../model/artifact.ts";
import type { ModelSpec } from "../model/spec.ts";
import type { TopicSettings } from "../settings.ts";

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

/**
 * The topic's trained model, or undefined when there is none.
 *
 * Throws "invalid" when the file is damaged, "config" when it was trained for something else.
 */
export async function readArtifact(
  stateDir: string,
  topic: TopicSettings,
): Promise<Artifact | undefined> {
  const path = statePaths(stateDir).artifact(topic.topicId);
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return undefined;
    throw new PipelineError("denied", `Cannot read ${path}: ${messageOf(thrown)}`, {
      cause: thrown,
      hint: "check its owner and mode",
    });
  }
  const artifact = parse(text, path, topic.topicId);
  const wanted = specOf(topic);
  const trained = artifact.spec;
  const differs = trained.target !== wanted.target || trained.horizonMs !== wanted.horizonMs ||
    trained.learner !== wanted.learner || artifact.intervalMs !== topic.intervalMs ||
    (wanted.target === "labels" && JSON.stringify([trained.labels, trained.barrier]) !==
        JSON.stringify([wanted.labels, wanted.barrier]));
  if (differs) {
    throw new PipelineError(
      "config",
      `Cannot use ${path}: it was trained for ${trained.target} over ${trained.horizonMs} ms by ` +
        `${trained.learner}, the topic's settings say otherwise`,
      { hint: `run allora-pipeline train --topic ${topic.topicId}` },
    );
  }
  return artifact;
}

/** Replaces the topic's model; the file is whole at every moment. */
export function writeArtifact(stateDir: string, topicId: bigint, artifact: Artifact): string {
  const path = statePaths(stateDir).artifact(topicId);
  writeAtomically(path, serialiseArtifact(artifact));
  return path;
}

function parse(text: string, path: string, topicId: bigint): Artifact {
  try {
    return parseArtifact(text);
  } catch (thrown) {
    if (!(thrown instanceof PipelineError)) throw thrown;
    throw new PipelineError(thrown.kind, `Cannot use ${path}: ${thrown.message}`, {
      cause: thrown,
      hint: `run allora-pipeline train --topic ${topicId}`,
    });
  }
}
