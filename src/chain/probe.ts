import { messageOf, PipelineError } from "../errors.ts";
import { RpcClient, type RpcOptions, type Status } from "./rpc.ts";

/** One node, asked for its status and nothing else. */
export interface Probe {
  /** Scheme, host and port: a path may hold an access key. */
  readonly origin: string;
  /** From question to answer, milliseconds. */
  readonly latencyMs: number;
  /** Undefined when it did not answer: then `error` says why. */
  readonly status: Status | undefined;
  readonly error: PipelineError | undefined;
}

/** Asks the node at `url` how it is; a node that does not answer is an answer too. */
export async function probe(url: string, options: RpcOptions): Promise<Probe> {
  const startMs = performance.now();
  const took = () => performance.now() - startMs;
  const origin = new URL(url).origin;
  try {
    const status = await new RpcClient(url, options).status();
    return { origin, latencyMs: took(), status, error: undefined };
  } catch (thrown) {
    const error = thrown instanceof PipelineError
      ? thrown
      : new PipelineError("unavailable", `Cannot use ${origin}: ${messageOf(thrown)}`);
    return { origin, latencyMs: took(), status: undefined, error };
  }
}
