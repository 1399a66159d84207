import { writePromotion } from "../../src/cycle/artifact_store.ts";
import { pruneModels, saveModel } from "../../src/cycle/model_files.ts";
import { parseArtifact, sealArtifact } from "../../src/model/artifact.ts";

/** Promotes one model over the other, as training does, until it is killed. */
const [stateDir = "", path = ""] = Deno.args;
const { id: _, ...content } = parseArtifact(await Deno.readTextFile(path));
let parent: string | null = null;
for (let round = 1;; round++) {
  const artifact = sealArtifact({ ...content, fitted: { ...content.fitted, mean: round } });
  saveModel(stateDir, 1n, artifact, {
    ...{ madeMs: round, why: "again", tookMs: 1, candles: null, pair: null, venues: [] },
    ...{ historyMs: null, code: null, parent, comparison: null },
  });
  writePromotion(stateDir, 1n, {
    id: artifact.id,
    promotedMs: round,
    why: "again",
    isPinned: false,
  });
  await pruneModels(stateDir, 1n, 2, new Set([artifact.id, ...parent === null ? [] : [parent]]));
  parent = artifact.id;
  if (round === 3) console.log("busy");
}
