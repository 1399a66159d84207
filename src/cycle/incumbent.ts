import { messageOf, PipelineError } from "../errors.ts";
import { featureNames } from "../model/feature_row.ts";
import type { TopicSettings } from "../settings.ts";
import { assertFits, type Promotion, readPromoted, readPromotion } from "./artifact_store.ts";
import type { Kept } from "./model_files.ts";

/** Who predicts for a topic, as the files say it now. */
export interface Incumbency {
  /** The model that predicts; undefined when there is none, or it cannot, which `unusable` then says. */
  readonly incumbent: Kept | undefined;
  readonly unusable: string | undefined;
  /** Undefined when none is named, or the file that names it is damaged. */
  readonly promotion: Promotion | undefined;
}

/** The model that predicts, or why it cannot. Throws "denied" when its files may not be read. */
export async function incumbencyOf(stateDir: string, topic: TopicSettings): Promise<Incumbency> {
  let promotion: Promotion | undefined;
  try {
    const incumbent = await readPromoted(stateDir, topic);
    promotion = await readPromotion(stateDir, topic.topicId);
    if (incumbent !== undefined) {
      assertFits(incumbent, topic);
      assertComputable(incumbent);
    }
    return { incumbent, unusable: undefined, promotion };
  } catch (thrown) {
    const isUseless = thrown instanceof PipelineError && thrown.kind !== "denied";
    if (!isUseless) throw thrown;
    return { incumbent: undefined, unusable: messageOf(thrown), promotion };
  }
}

function assertComputable({ artifact, path }: Kept): void {
  const { spec, intervalMs, features } = artifact;
  if (featureNames(spec, intervalMs).join() === features.join()) return;
  throw new PipelineError("invalid", `Cannot use ${path}: it reads features that are not computed`);
}
