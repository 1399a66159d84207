import type { Probe } from "../../chain/probe.ts";
import type { CheckResult, Status } from "../check.ts";
import type { HealthContext } from "../context.ts";
import { editSetting } from "../cure.ts";
import { statusOf } from "../range.ts";

/** A node this many blocks behind another is not used. */
const LAG = { warn: "5" };
/** Seconds: a visit asks some dozen questions. */
const SLOW = 2;

/** Every endpoint by itself: whether it answers, for which chain, how far it is and how fast. */
export async function endpoints(context: HealthContext): Promise<readonly CheckResult[]> {
  const { settings } = context;
  const { chainId } = settings;
  const probes = await context.probes();
  const heights = probes.flatMap(({ status }) => status?.chainId === chainId ? status.height : []);
  const best = heights.reduce((a, b) => a > b ? a : b, 0n);
  const fit = probes.filter((probe) => isFit(probe, chainId));
  // An answer that takes half the longest wait does not come at all when the node is a little busier.
  const tooSlow = Math.max(SLOW, settings.rpcTimeoutMs / 2000);
  const isAnyQuick = fit.some(({ latencyMs }) => latencyMs <= tooSlow * 1000);
  const latency = { warn: String(SLOW), ...isAnyQuick ? {} : { crit: String(tooSlow) } };
  return probes.flatMap((probe) =>
    resultsOf(probe, { settings, best, isAnyFit: fit.length > 0, latency })
  );
}

function isFit({ status }: Probe, chainId: string): boolean {
  return status !== undefined && status.chainId === chainId && !status.catchingUp;
}

interface Others {
  readonly settings: HealthContext["settings"];
  /** The greatest height of all. */
  readonly best: bigint;
  readonly isAnyFit: boolean;
  /** Seconds; critical only where none is quicker, for a visit asks the quick ones first. */
  readonly latency: Pick<CheckResult, "warn" | "crit">;
}

function resultsOf({ origin, status, error, latencyMs }: Probe, others: Others): CheckResult[] {
  const { settings, best, isAnyFit, latency } = others;
  const { chainId } = settings;
  const what = { id: "endpoint", subject: origin };
  const speed = { id: "latency", subject: origin, ...latency };
  const fix = "allora-pipeline rpc";
  // While another serves, the program does without this one.
  const alone: Status = isAnyFit ? "WARNING" : "CRITICAL";
  if (status === undefined) {
    const message = error?.message.replace(/\.$/, "") ?? "it does not answer";
    const found: CheckResult = { ...what, status: alone, message, fix };
    if (isAnyFit) return [found];
    const unmeasured = "no answer, so that nobody can tell how long one takes";
    return [found, { ...speed, status: "UNKNOWN", message: unmeasured, fix: COMPARE }];
  }
  if (status.chainId !== chainId) {
    const message = `it serves chain ${status.chainId}, not ${chainId}`;
    const cure = editSetting(settings, "ALLORA_RPC", `take ${origin} out of ALLORA_RPC`);
    return [{ ...what, status: "CRITICAL", message, fix: cure }];
  }
  const lag = Number(best - status.height);
  const seconds = Math.round(latencyMs) / 1000;
  const at = `block ${status.height}, ${lag === 0 ? "the newest" : `${lag} behind`}`;
  const [state, message] = status.catchingUp
    ? [alone, `it is still catching up: ${at}`] as const
    : [statusOf(lag, LAG), at] as const;
  return [
    { ...what, status: state, message, value: lag, unit: "blocks", ...LAG, fix },
    {
      ...{ ...speed, status: statusOf(seconds, latency), value: seconds, unit: "s", fix: COMPARE },
      message: `answers in ${Math.round(latencyMs)} ms`,
    },
  ];
}

const COMPARE = "allora-pipeline rpc --samples 10";
