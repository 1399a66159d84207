import { runwayDays } from "../../ledger/spending.ts";
import { alloFloat, counter, type Family, gauge, known, type Sample } from "./family.ts";
import { FORGET_MS, type Source } from "./source.ts";

const KINDS = ["payload", "register"] as const;
const DAY_SECONDS = 86_400;

/** What does it cost, and earn? */
export function money(source: Source): readonly Family[] {
  const { ledger, topicIds } = source;
  const fees = ledger.feeTotals();
  const rewards = ledger.rewardTotals();
  const balances = balancesKnown(source);
  return [
    counter(
      "fees_allo_total",
      "What was taken for transactions in blocks, the chain's data and registration fees included",
      topicIds.flatMap((topicId) =>
        KINDS.map((kind) => ({
          labels: { topic: String(topicId), kind },
          value: alloFloat(
            fees.find((each) => each.topicId === topicId && each.kind === kind)?.uallo ?? 0n,
          ),
        }))
      ),
    ),
    counter(
      "rewards_allo_total",
      "What the topic's epochs have paid, as far as it is known",
      topicIds.map((topicId) => ({
        labels: { topic: String(topicId) },
        value: alloFloat(rewards.find((each) => each.topicId === topicId)?.uallo ?? 0n),
      })),
    ),
    gauge(
      "wallet_balance_allo",
      "What the worker's account holds; missing when the chain was not asked for two hours",
      balances.map(({ worker, balanceUallo }) => ({
        labels: { worker },
        value: alloFloat(balanceUallo),
      })),
    ),
    gauge(
      "wallet_runway_seconds",
      "How long the balance lasts at the faster pace of the last day and week; missing when nothing " +
        "is spent, or somebody else pays",
      runways(source, balances),
    ),
  ];
}

function balancesKnown({ ledger, nowMs }: Source) {
  return ledger.balances().filter(({ seenMs }) => nowMs - seenMs < FORGET_MS);
}

function runways(
  { ledger, nowMs, isGranted }: Source,
  balances: ReturnType<typeof balancesKnown>,
): readonly Sample[] {
  if (isGranted) return [];
  return balances.flatMap(({ worker, balanceUallo }) => {
    const days = runwayDays(ledger, balanceUallo, nowMs);
    return known({ worker }, days === undefined ? undefined : days * DAY_SECONDS);
  });
}
