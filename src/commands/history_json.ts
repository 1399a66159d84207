import { alloOf } from "../chain/allo.ts";
import type { Epoch } from "../cycle/history.ts";
import type { Totals } from "../cycle/history_totals.ts";
import type { History } from "./history.ts";

/** The history for a machine. Amounts are texts: they pass what a JSON number holds. */
export function historyJson({ epochs, totals, money, balance, feeGranter }: History) {
  const balanceUallo = balance !== undefined && "balanceUallo" in balance
    ? balance.balanceUallo
    : null;
  return {
    epochs: epochs.map(epochJson),
    totals: {
      ...totalsJson(totals.all),
      registration_fees_uallo: String(money.registrationFeesUallo),
      net_uallo: String(money.netUallo),
      fees_allo: alloOf(money.feesUallo),
      registration_fees_allo: alloOf(money.registrationFeesUallo),
      rewards_allo: alloOf(money.rewardsUallo),
      net_allo: alloOf(money.netUallo),
      balance_uallo: balanceUallo === null ? null : String(balanceUallo),
      balance_allo: balanceUallo === null ? null : alloOf(balanceUallo),
      balance_missing: balance !== undefined && "missing" in balance ? balance.missing : null,
      runway_days: balanceUallo === null || feeGranter !== undefined
        ? null
        : money.runwayDays(balanceUallo),
      topics: totals.topics.map((each) => ({
        topic_id: String(each.topicId),
        ...totalsJson(each),
      })),
    },
  };
}

function epochJson(epoch: Epoch) {
  const { topicId, target, nonce, worker, outcome, state, reason, closedMs, submission } = epoch;
  return {
    topic_id: String(topicId),
    target,
    nonce: Number(nonce),
    worker,
    outcome,
    state,
    reason,
    closed_at: closedMs === null ? null : new Date(closedMs).toISOString(),
    value: submission?.labels ? null : submission?.value ?? null,
    label_values: submission?.labels ?? null,
    fallback: submission?.fallback ?? null,
    network_value: submission?.labels ? null : submission?.networkValue ?? null,
    network_label_values: epoch.networkLabels,
    realised: submission?.realised ?? null,
    loss: submission?.loss ?? null,
    loss_zero: submission?.lossZero ?? null,
    loss_ratio: epoch.lossRatio,
    score: submission?.score ?? null,
    ema_score: submission?.emaScore ?? null,
    fee_uallo: String(epoch.feeUallo),
    reward_uallo: epoch.rewardUallo === null ? null : String(epoch.rewardUallo),
    tx_hash: epoch.hash,
  };
}

function totalsJson(totals: Totals) {
  const { closed, met, missed, unknown, direction, meanLoss, meanLossZero } = totals;
  return {
    windows_closed: closed,
    windows_met: met,
    windows_missed: missed,
    windows_unknown: unknown,
    hit_rate: totals.hitRate,
    directional_accuracy: direction && {
      value: direction.rate,
      low_95: direction.low,
      high_95: direction.high,
      hits: direction.hits,
      forecasts: direction.of,
    },
    mean_loss: meanLoss,
    mean_loss_zero: meanLossZero,
    loss_ratio: meanLoss === null || !meanLossZero ? null : meanLoss / meanLossZero,
    fees_uallo: String(totals.feesUallo),
    rewards_uallo: String(totals.rewardsUallo),
    rewards_missing: totals.unpaid,
  };
}
