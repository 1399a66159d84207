import type { CheckResult } from "../check.ts";
import type { HealthContext } from "../context.ts";
import { measured } from "../found.ts";
import { runInUse } from "../run_in_use.ts";
import { plural } from "../words.ts";

/** The first failure is worth a look; the third in a row cures itself no more. */
const THRESHOLDS = { warn: "0", crit: "2" };

/** Visits that failed one after the other: of each topic, and of the program as a whole. */
export function failures(context: HealthContext): readonly CheckResult[] {
  const { ledger, settings } = context;
  const reader = ledger();
  const inUse = runInUse(context);
  const visits = new Map(reader.topicVisits().map((visit) => [visit.topicId, visit]));
  const found = settings.topics.flatMap(({ topicId }) => {
    const visit = visits.get(topicId);
    if (visit === undefined) return [];
    const fix = `allora-pipeline predict --topic ${topicId}`;
    return resultOf({ id: "failures", topicId }, visit, fix);
  });
  if (inUse === undefined) return found;
  const subject = inUse.command;
  return [resultOf({ id: "failures", subject }, inUse, "allora-pipeline status"), ...found];
}

function resultOf(
  what: Pick<CheckResult, "id" | "topicId" | "subject">,
  { failures, error }: { readonly failures: number; readonly error: string | null },
  fix: string,
): CheckResult {
  const message = failures === 0
    ? "the last visit did not fail"
    : `${plural(failures, "visit")} failed in a row: ${error ?? "see the log"}`;
  return measured({
    ...{ ...what, ...THRESHOLDS, value: failures, message },
    ...failures === 0 ? {} : { fix },
  });
}
