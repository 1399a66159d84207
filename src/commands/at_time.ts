import { chainNowMs } from "../cycle/connect.ts";
import type { Run } from "../cycle/run.ts";
import { PipelineError } from "../errors.ts";
import type { Invocation } from "./command.ts";

/** The moment of --at, epoch milliseconds; undefined without it. Throws "usage" for what is no time. */
export function atMs({ values: { at } }: Invocation): number | undefined {
  if (at === undefined) return undefined;
  const ms = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?Z)?$/.test(at)
    ? Date.parse(at)
    : NaN;
  if (!Number.isNaN(ms)) return ms;
  throw new PipelineError("usage", `Cannot read --at: ${at} is not a time`, {
    hint: "write it in UTC, such as 2024-12-31 or 2024-12-31T08:00:00Z",
  });
}

/** "Now" in the market: --at, or the time of the chain's head block. */
export async function marketNowMs(invocation: Invocation, run: Run): Promise<number> {
  return atMs(invocation) ?? await chainNowMs(run);
}
