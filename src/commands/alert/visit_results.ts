import type { Run } from "../../cycle/run.ts";
import type { CheckResult } from "../../health/check.ts";
import { toPaste } from "../../health/cure.ts";
import { statusOf } from "../../health/range.ts";
import type { Ledger } from "../../ledger/ledger.ts";
import type { Settings } from "../../settings.ts";

/** Health looks this often; topics of longer epochs are its own. */
const HEALTH_INTERVAL_MS = 3_600_000;
/** Windows of a topic that are looked at. */
const LOOK_BACK = 100;
/** As in health, but the first failures of a visit are tried again while the window is open. */
const FAILED = { warn: "0", crit: "2" };

/**
 * What the ledger says of a topic after a visit, in the words of health's checks "submission" and
 * "failures", so that both mean the same alert; nothing for a topic of epochs of an hour and more.
 */
export function visitResults(
  { ledger, settings }: Pick<Run, "ledger" | "settings">,
  topicId: bigint,
  worker: string,
): readonly CheckResult[] {
  if (!isShort(ledger, topicId, worker)) return [];
  return [
    ...missed(ledger, topicId, worker, settings.healthMissed),
    ...failures(ledger, topicId),
  ].map(({ fix, ...result }) =>
    fix === undefined ? result : { ...result, fix: toPaste(fix, settings) }
  );
}

function missed(
  ledger: Ledger,
  topicId: bigint,
  worker: string,
  { warn, crit }: Settings["healthMissed"],
): readonly CheckResult[] {
  const closed = ledger.closedWindows(topicId, worker, LOOK_BACK);
  const metAt = closed.findIndex(({ outcome }) => outcome === "proven");
  const since = metAt === -1 ? closed : closed.slice(0, metAt);
  const missed = since.filter(({ outcome }) => outcome !== "unknown");
  const [last = closed[0]] = missed;
  if (last === undefined) return [];
  const value = missed.length;
  const limits = { warn: String(warn - 1), crit: String(crit - 1) };
  const what = { id: "submission", topicId, value, ...limits };
  const status = statusOf(value, limits);
  const fix = `allora-pipeline history --topic ${topicId} --last 10`;
  if (value === 0 && since.length > 0) {
    const message = `nobody could tell whether nonce ${last.nonce} counted us`;
    return [{ ...what, status: "UNKNOWN", message, fix }];
  }
  if (value === 0) return [{ ...what, status, message: `nonce ${last.nonce} is in` }];
  const count = value === 1 ? "1 window" : `${value} windows`;
  return [{
    ...{ ...what, status },
    message: `${count} missed in a row, the last is nonce ${last.nonce}: ${
      last.reason ?? "see the log"
    }`,
    fix,
  }];
}

function failures(ledger: Ledger, topicId: bigint): readonly CheckResult[] {
  const visit = ledger.topicVisits().find((each) => each.topicId === topicId);
  if (visit === undefined) return [];
  const { failures: value, error } = visit;
  const what = { id: "failures", topicId, value, ...FAILED };
  if (value === 0) return [{ ...what, status: "OK", message: "the last visit did not fail" }];
  if (value <= Number(FAILED.crit)) return [];
  return [{
    ...{ ...what, status: "CRITICAL" },
    message: `${value} visits failed in a row: ${error ?? "see the log"}`,
    fix: `allora-pipeline predict --topic ${topicId}`,
  }];
}

/** An epoch whose length is not known yet may be short. */
function isShort(ledger: Ledger, topicId: bigint, worker: string): boolean {
  const paceMs = ledger.lastWindow(topicId)?.paceMs ?? 0;
  const nonces = ledger.knownWindows(topicId, worker, LOOK_BACK);
  const lengths = nonces.slice(1).map((nonce, place) => Number(nonce - nonces[place]!));
  return paceMs * Math.min(...lengths, Infinity) < HEALTH_INTERVAL_MS || lengths.length === 0;
}
