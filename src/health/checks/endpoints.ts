import type { Probe } from "../../chain/probe.ts";
import type { CheckResult, Status } from "../check.ts";
import type { HealthContext } from "../context.ts";
import { statusOf } from "../range.ts";

/** A node this many blocks behind another is not used. */
const LAG = { warn: "5" };
/** Seconds: a visit asks some dozen questions. */
const LATENCY = { warn: "2" };

/** Every endpoint by itself: whether it answers, for which chain, how far it is and how fast. */
export async function endpoints(context: HealthContext): Promise<readonly CheckResult[]> {
  const { chainId, sources } = context.settings;
  const rpc = `ALLORA_RPC (${sources.get("ALLORA_RPC")})`;
  const probes = await context.probes();
  const heights = probes.flatMap(({ status }) => status?.chainId === chainId ? status.height : []);
  const best = heights.reduce((a, b) => a > b ? a : b, 0n);
  const isAnyFit = probes.some((probe) => isFit(probe, chainId));
  return probes.flatMap((probe) => resultsOf(probe, { chainId, best, isAnyFit, rpc }));
}

function isFit({ status }: Probe, chainId: string): boolean {
  return status !== undefined && status.chainId === chainId && !status.catchingUp;
}

interface Others {
  readonly chainId: string;
  /** The greatest height of all. */
  readonly best: bigint;
  readonly isAnyFit: boolean;
  /** The setting that names them, and where it stands. */
  readonly rpc: string;
}

function resultsOf({ origin, status, error, latencyMs }: Probe, others: Others): CheckResult[] {
  const { chainId, best, isAnyFit, rpc } = others;
  const what = { id: "endpoint", subject: origin };
  const fix = "allora-pipeline rpc";
  // While another serves, the program does without this one.
  const alone: Status = isAnyFit ? "WARNING" : "CRITICAL";
  if (status === undefined) {
    const message = error?.message.replace(/\.$/, "") ?? "it does not answer";
    return [{ ...what, status: alone, message, fix }];
  }
  if (status.chainId !== chainId) {
    const message = `it serves chain ${status.chainId}, not ${chainId}`;
    return [{ ...what, status: "CRITICAL", message, fix: `${fix} # then take it out of ${rpc}` }];
  }
  const lag = Number(best - status.height);
  const seconds = Math.round(latencyMs) / 1000;
  const slow = statusOf(seconds, LATENCY);
  const at = `block ${status.height}, ${lag === 0 ? "the newest" : `${lag} behind`}`;
  const [state, message] = status.catchingUp
    ? [alone, `it is still catching up: ${at}`] as const
    : [statusOf(lag, LAG), at] as const;
  return [
    { ...what, status: state, message, value: lag, unit: "blocks", ...LAG, fix },
    {
      ...{
        id: "latency",
        subject: origin,
        status: slow,
        value: seconds,
        unit: "s",
        ...LATENCY,
        fix,
      },
      message: `answers in ${Math.round(latencyMs)} ms`,
    },
  ];
}
