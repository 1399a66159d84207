import type { EndpointRecord } from "../../ledger/endpoints.ts";
import { counter, type Family, gauge, known, seconds } from "./family.ts";
import { FORGET_MS, type Source } from "./source.ts";

const KINDS = ["payload", "register"] as const;
const RESULTS = ["confirmed", "failed", "refused", "expired"] as const;
/** As plugins exit (https://www.monitoring-plugins.org/doc/guidelines.html). */
const CODES = { OK: 0, WARNING: 1, CRITICAL: 2, UNKNOWN: 3 };

/** What is wrong? */
export function wrong(source: Source): readonly Family[] {
  const { ledger, nowMs, logBytes, ledgerBytes } = source;
  const checks = ledger.checks().filter(({ checkedMs }) => nowMs - checkedMs < FORGET_MS);
  return [
    gauge(
      "check_status",
      "What health found: 0 ok, 1 warning, 2 critical, 3 unknown; missing after two hours",
      checks.map(({ id, topicId, subject, status }) => ({
        labels: { check: id, topic: String(topicId ?? ""), subject: subject ?? "" },
        value: CODES[status],
      })),
    ),
    gauge("alerts_open", "Alerts that are not resolved", [{ value: ledger.openAlerts().length }]),
    transactions(source),
    ...endpoints(source),
    gauge("log_bytes", "Size of submission.log", known({}, logBytes?.current)),
    gauge("log_archives_bytes", "Size of its rotated archives", known({}, logBytes?.archives)),
    gauge("ledger_bytes", "Size of the ledger and of its log", known({}, ledgerBytes)),
  ];
}

function transactions({ ledger, topicIds }: Source): Family {
  const totals = ledger.transactionTotals();
  const labels = topicIds.flatMap((topicId) =>
    KINDS.flatMap((kind) => RESULTS.map((result) => ({ topicId, kind, result })))
  );
  return counter(
    "transactions_total",
    "Transactions by their end; failed: in a block, and paid for; refused: by the nodes; " +
      "expired: no block held it in time",
    labels.map(({ topicId, kind, result }) => ({
      labels: { topic: String(topicId), kind, result },
      value: Number(
        totals.find((each) =>
          each.topicId === topicId && each.kind === kind && each.result === result
        )?.count ?? 0,
      ),
    })),
  );
}

function endpoints({ ledger, endpoints: configured }: Source): readonly Family[] {
  const asked = ledger.endpoints()
    .filter(({ url, answers, failures }) => configured.includes(url) && answers + failures > 0);
  const of = (value: (record: EndpointRecord) => number | null | undefined) =>
    asked.flatMap((record) => known({ endpoint: new URL(record.url).origin }, value(record)));
  return [
    gauge(
      "endpoint_up",
      "Whether the endpoint answered when last asked; missing before that",
      of(({ streak }) => streak === 0 ? 1 : 0),
    ),
    gauge(
      "endpoint_height",
      "Block of its node when last seen",
      of(({ height }) => height === null ? null : Number(height)),
    ),
    gauge(
      "endpoint_latency_seconds",
      "Moving average over the requests it answered",
      of(({ latencyMs }) => seconds(latencyMs)),
    ),
    counter("endpoint_answers_total", "Requests it answered", of(({ answers }) => answers)),
    counter("endpoint_failures_total", "Requests it failed", of(({ failures }) => failures)),
  ];
}
