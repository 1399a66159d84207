import { PipelineError } from "../errors.ts";
import { connectTo } from "./connect.ts";
import type { Run } from "./run.ts";

/** How long a topic's epoch and window last at the chain's present pace. */
export interface TopicPace {
  readonly topicId: bigint;
  readonly epochBlocks: bigint;
  readonly windowBlocks: bigint;
  readonly epochMs: number;
  readonly windowMs: number;
}

/** Blocks over which the pace is measured: some minutes, which every node still has. */
const MEASURED_BLOCKS = 100n;

/** The pace of each topic. Throws "config" for one that the chain does not have, and what connecting throws. */
export async function topicPaces(
  run: Run,
  topicIds: readonly bigint[],
): Promise<readonly TopicPace[]> {
  const chain = await connectTo(run);
  const { height, timeMs } = await chain.head();
  const from = height > MEASURED_BLOCKS ? height - MEASURED_BLOCKS : 1n;
  const blockMs = (timeMs - await chain.blockTimeMs(from)) / Math.max(1, Number(height - from));
  return await Promise.all(topicIds.map(async (topicId) => {
    const topic = await chain.topic(topicId);
    if (topic === undefined) {
      throw new PipelineError(
        "config",
        `Cannot schedule topic ${topicId}: the chain has none of this id`,
      );
    }
    const { epochLength: epochBlocks, submissionWindow: windowBlocks } = topic;
    const ms = (blocks: bigint) => Math.round(Number(blocks) * blockMs);
    return {
      topicId,
      epochBlocks,
      windowBlocks,
      epochMs: ms(epochBlocks),
      windowMs: ms(windowBlocks),
    };
  }));
}
