import { PipelineError } from "../errors.ts";
import { UNKNOWN_QUERY_PATH } from "./chain_error.ts";
import type { AbciAnswer, RpcClient } from "./rpc.ts";

/** Generations of the emissions module whose messages this program can write, newest first. */
export const GENERATIONS: readonly number[] = [10, 9, 7];

/**
 * The generation that the node serves, found by asking: an upgrade of the chain needs no setting.
 * Newest first, because a node may still route the messages of an older one.
 *
 * @throws PipelineError "internal" when the node serves none of ours.
 */
export async function detectGeneration(rpc: RpcClient): Promise<number> {
  // An upgrade may come between two of the questions: the newest are asked once more before giving up.
  for (const generation of [...GENERATIONS, ...GENERATIONS]) {
    const answer = await rpc.abciQuery(queryPath(generation, "GetParams"), new Uint8Array());
    if (answer.code === 0) return generation;
    if (!isUnknownPath(answer)) {
      throw new PipelineError(
        "unavailable",
        `Cannot detect the generation of ${rpc.endpoint}: it answers ${answer.codespace} ${answer.code}, ${answer.log}`,
      );
    }
  }
  throw new PipelineError(
    "internal",
    `Cannot detect the generation of ${rpc.endpoint}: it serves none of emissions v${
      GENERATIONS.join(", v")
    }`,
    { hint: "The chain was upgraded past this program: install its newest release." },
  );
}

/** Told by the text: a missing topic is (sdk, 6) too. */
export function isUnknownPath({ code, log }: AbciAnswer): boolean {
  return code !== 0 && log.includes(UNKNOWN_QUERY_PATH);
}

export function payloadTypeUrl(generation: number): string {
  return `/emissions.v${generation}.InsertWorkerPayloadRequest`;
}

export function registerTypeUrl(generation: number): string {
  return `/emissions.v${generation}.RegisterRequest`;
}

/** ABCI path of a method of the emissions module's query service. */
export function queryPath(generation: number, method: string): string {
  return `/emissions.v${generation}.QueryService/${method}`;
}
