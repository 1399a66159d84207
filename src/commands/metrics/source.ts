import { join } from "node:path";
import { readPromoted, readPromotion } from "../../cycle/artifact_store.ts";
import type { Run } from "../../cycle/run.ts";
import { PipelineError } from "../../errors.ts";
import type { Source } from "../../health/metrics/source.ts";
import { statePaths } from "../../host/paths.ts";
import type { Settings } from "../../settings.ts";
import { versionParts } from "../../version.ts";

/** What the metrics are made of now. */
export async function sourceOf(
  { ledger, host, settings }: Pick<Run, "ledger" | "host" | "settings">,
): Promise<Source> {
  const { version, commit, deno } = versionParts();
  const { topics, broken, rpc, feeGranter, stateDir, logDir } = settings;
  const topicIds = [...topics, ...broken].flatMap(({ topicId }) => topicId ?? []);
  const path = statePaths(stateDir).ledger;
  return {
    ...{ ledger, nowMs: host.nowMs(), endpoints: rpc, isGranted: feeGranter !== undefined },
    build: { version, commit, deno },
    topicIds: [...new Set(topicIds)],
    models: await modelsOf(settings),
    logBytes: logBytes(logDir),
    ledgerBytes: (sizeOf(path) ?? 0) + (sizeOf(`${path}-wal`) ?? 0),
  };
}

/** Of each model by its id, which names its content: a scrape need not read it again. */
const trainedTo = new Map<string, number>();

async function modelsOf({ topics, stateDir }: Settings): Promise<ReadonlyMap<bigint, number>> {
  const found = new Map<bigint, number>();
  for (const { topicId } of topics) {
    try {
      const id = (await readPromotion(stateDir, topicId))?.id;
      const before = id === undefined ? undefined : trainedTo.get(id);
      const ms = before ??
        (await readPromoted(stateDir, { topicId }))?.artifact.trainedToMs;
      if (ms === undefined) continue;
      found.set(topicId, ms);
      if (id !== undefined) trainedTo.set(id, ms);
    } catch (thrown) {
      // A model that cannot be read has no age; health says what is wrong with it.
      if (!(thrown instanceof PipelineError)) throw thrown;
    }
  }
  return found;
}

function logBytes(dir: string): Source["logBytes"] {
  try {
    const names = [...Deno.readDirSync(dir)].map(({ name }) => name);
    const archives = names.filter((name) => /^submission_.*\.log(\.gz)?$/.test(name));
    return {
      current: sizeOf(join(dir, "submission.log")) ?? 0,
      archives: archives.reduce((sum, name) => sum + (sizeOf(join(dir, name)) ?? 0), 0),
    };
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound || thrown instanceof Deno.errors.PermissionDenied) {
      return undefined;
    }
    throw thrown;
  }
}

/** Bytes of a file; undefined when it is not there, or gone by now. */
function sizeOf(path: string): number | undefined {
  try {
    return Deno.statSync(path).size;
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return undefined;
    throw thrown;
  }
}
