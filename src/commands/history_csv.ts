import type { Epoch } from "../cycle/history.ts";

/** A field per column; a number of uallo, blocks or the topic's own unit where the name says no other. */
const COLUMNS: Readonly<Record<string, (epoch: Epoch) => string | number | bigint | null>> = {
  topic_id: ({ topicId }) => topicId,
  target: ({ target }) => target,
  nonce: ({ nonce }) => nonce,
  worker: ({ worker }) => worker,
  outcome: ({ outcome }) => outcome,
  state: ({ state }) => state,
  reason: ({ reason }) => reason,
  closed_at: ({ closedMs }) => closedMs === null ? null : new Date(closedMs).toISOString(),
  value: ({ submission }) => submission?.labels ? null : submission?.value ?? null,
  label_values: ({ submission }) => submission?.labels ? JSON.stringify(submission.labels) : null,
  fallback: ({ submission }) => submission?.fallback ?? null,
  network_value: ({ submission }) => submission?.labels ? null : submission?.networkValue ?? null,
  network_label_values: ({ networkLabels }) => networkLabels && JSON.stringify(networkLabels),
  realised: ({ submission }) => submission?.realised ?? null,
  loss: ({ submission }) => submission?.loss ?? null,
  loss_zero: ({ submission }) => submission?.lossZero ?? null,
  loss_ratio: ({ lossRatio }) => lossRatio,
  score: ({ submission }) => submission?.score ?? null,
  ema_score: ({ submission }) => submission?.emaScore ?? null,
  fee_uallo: ({ feeUallo }) => feeUallo,
  reward_uallo: ({ rewardUallo }) => rewardUallo,
  tx_hash: ({ hash }) => hash,
};

/** RFC 4180 with a header row; what is not known is an empty field. */
export function historyCsv(epochs: readonly Epoch[]): string {
  const fields = Object.values(COLUMNS);
  const rows = epochs.map((epoch) => fields.map((field) => String(field(epoch) ?? "")));
  return [Object.keys(COLUMNS), ...rows].map((row) => `${row.map(quoted).join(",")}\r\n`).join("");
}

function quoted(field: string): string {
  return /[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}
