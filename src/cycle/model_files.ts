import { join } from "node:path";
import { messageOf, PipelineError } from "../errors.ts";
import { writeAtomically } from "../host/atomic_file.ts";
import { statePaths } from "../host/paths.ts";
import { type Artifact, parseKept, serialiseArtifact } from "../model/artifact.ts";
import type { Lineage } from "../model/lineage.ts";

/** A model as it is kept. */
export interface Kept {
  readonly artifact: Artifact;
  /** Undefined for one that an earlier version made. */
  readonly lineage: Lineage | undefined;
  readonly path: string;
}

/** A file among the models that is none. */
export interface Damaged {
  readonly id: string;
  readonly path: string;
  readonly error: PipelineError;
}

/** Keeps a model; one of the same content that is there already stays as it is. Returns its path. */
export function saveModel(
  stateDir: string,
  topicId: bigint,
  artifact: Artifact,
  lineage: Lineage,
): string {
  const path = pathOf(stateDir, topicId, artifact.id);
  if (!isWhole(path)) writeAtomically(path, serialiseArtifact(artifact, lineage));
  return path;
}

function isWhole(path: string): boolean {
  try {
    parseKept(Deno.readTextFileSync(path));
    return true;
  } catch {
    // Not there or not readable: writing it says what is wrong.
    return false;
  }
}

/**
 * The model of this id; without an id the one that an earlier version kept, undefined when there is none.
 * Throws "invalid" when the file is damaged, or missing although it was named.
 */
export async function keptModel(
  stateDir: string,
  topicId: bigint,
  id: string | undefined,
): Promise<Kept | undefined> {
  const path = id === undefined
    ? statePaths(stateDir).oldModel(topicId)
    : pathOf(stateDir, topicId, id);
  const text = await textAt(path);
  const found = text === undefined ? undefined : { ...parse(text, path, topicId), path };
  if (id === undefined || found?.artifact.id === id) return found;
  const is = found === undefined ? "it is missing" : `it holds model ${found.artifact.id}`;
  throw new PipelineError("invalid", `Cannot use ${path}: ${is}`, {
    hint: `see allora-pipeline models --topic ${topicId}, or run allora-pipeline train`,
  });
}

/** All kept models of a topic, newest first, and the files that are none. */
export async function keptModels(
  stateDir: string,
  topicId: bigint,
): Promise<{ readonly kept: readonly Kept[]; readonly damaged: readonly Damaged[] }> {
  const kept: Kept[] = [];
  const damaged: Damaged[] = [];
  for (const id of idsIn(statePaths(stateDir).models(topicId))) {
    try {
      const found = await keptModel(stateDir, topicId, id);
      if (found !== undefined) kept.push(found);
    } catch (thrown) {
      if (!(thrown instanceof PipelineError)) throw thrown;
      damaged.push({ id, path: pathOf(stateDir, topicId, id), error: thrown });
    }
  }
  const madeMs = ({ lineage, artifact }: Kept) => lineage?.madeMs ?? artifact.trainedToMs;
  return { kept: kept.sort((a, b) => madeMs(b) - madeMs(a)), damaged };
}

/** Deletes all but the newest `most` models and those `spared`; returns the ids of the deleted. */
export async function pruneModels(
  stateDir: string,
  topicId: bigint,
  most: number,
  spared: ReadonlySet<string>,
): Promise<readonly string[]> {
  const { kept } = await keptModels(stateDir, topicId);
  const old = kept.slice(most).filter(({ artifact }) => !spared.has(artifact.id));
  for (const { path } of old) await Deno.remove(path);
  return old.map(({ artifact }) => artifact.id);
}

/** The text of a file, undefined when it is not there; throws "denied" when it may not be read. */
export async function textAt(path: string): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(path);
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return undefined;
    throw new PipelineError("denied", `Cannot read ${path}: ${messageOf(thrown)}`, {
      cause: thrown,
      hint: "check its owner and mode",
    });
  }
}

function idsIn(directory: string): string[] {
  try {
    return [...Deno.readDirSync(directory)]
      .flatMap(({ name }) => /^([0-9a-f]{12})\.json$/.exec(name)?.[1] ?? []).sort();
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return [];
    throw new PipelineError("denied", `Cannot list ${directory}: ${messageOf(thrown)}`, {
      cause: thrown,
      hint: "check its owner and mode",
    });
  }
}

function pathOf(stateDir: string, topicId: bigint, id: string): string {
  return join(statePaths(stateDir).models(topicId), `${id}.json`);
}

function parse(text: string, path: string, topicId: bigint): Omit<Kept, "path"> {
  try {
    return parseKept(text);
  } catch (thrown) {
    if (!(thrown instanceof PipelineError)) throw thrown;
    throw new PipelineError(thrown.kind, `Cannot use ${path}: ${thrown.message}`, {
      cause: thrown,
      hint: `run allora-pipeline train --topic ${topicId}`,
    });
  }
}
