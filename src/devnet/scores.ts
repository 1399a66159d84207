import type { Event, Truth } from "./chain_types.ts";
import { canonicalText, fromNumber } from "./decimal.ts";
import { emissionsEvent } from "./events.ts";
import { median } from "./network_inference.ts";
import { type ClosedEpoch, denseValues } from "./submissions.ts";
import type { Topic } from "./topics.ts";

/** merit_sortition_alpha: weight of the newest score in the EMA. */
const EMA_ALPHA = 0.1;
/** p_reward_inference and c_reward_inference of the module's parameters. */
const REWARD_POWER = 3;
const REWARD_SHIFT = 0.75;
/** An epoch whose truth is not known when it falls due is tried again so many epochs. */
const MAX_ATTEMPTS = 5;

const INFERER = "ACTOR_TYPE_INFERER_UNSPECIFIED";

/**
 * Settles an epoch that is due: losses (a reputer's, or measured against `truth`), scores, EMA
 * scores and reward shares. A score is the network's loss without the inferer minus its loss with
 * it, as in the chain's rewards module. `reward`: uallo for all inferers together. Returns the
 * events and what to pay.
 */
export function settle(
  topic: Topic,
  epoch: ClosedEpoch,
  chain: {
    readonly height: number;
    readonly generation: number;
    readonly nonceMs: number;
    readonly reward: bigint;
    readonly truth: Truth | undefined;
  },
): { readonly events: Event[]; readonly payments: readonly (readonly [string, bigint])[] } {
  const losses = epochLosses(topic, epoch, chain.truth, chain.nonceMs);
  if (losses === undefined) {
    epoch.attempts += 1;
    epoch.due = epoch.attempts < MAX_ATTEMPTS ? chain.height + topic.spec.epochLength : undefined;
    return { events: [], payments: [] };
  }
  epoch.due = undefined;
  const workers = epoch.submissions.map(({ worker }) => worker);
  const scores = workers.map((worker) => text(losses.without(worker) - losses.network));
  const emas = workers.map((worker, index) =>
    text(EMA_ALPHA * Number(scores[index]) + (1 - EMA_ALPHA) * Number(topic.score(worker).text))
  );
  const fractions = rewardFractions(scores.map(Number));
  const payments = workers.map((worker, index) => {
    topic.emaScores.set(worker, { text: emas[index] ?? "0", nonce: epoch.nonce });
    topic.inclusions.set(worker, (topic.inclusions.get(worker) ?? 0) + 1);
    topic.rewardFractions.set(worker, text(fractions[index] ?? 0));
    const share = BigInt(Math.round((fractions[index] ?? 0) * 1e9));
    return [worker, chain.reward * share / 1_000_000_000n] as const;
  });
  topic.scores.set(
    epoch.nonce,
    workers.map((worker, index) => ({ worker, text: scores[index] ?? "0" })),
  );
  const about = { actor_type: INFERER, topic_id: topic.id, addresses: workers };
  const emit = (name: string, rest: Record<string, unknown>) =>
    emissionsEvent(chain.generation, name, { ...about, ...rest });
  return {
    payments,
    events: [
      emit("ScoresSet", { block_height: epoch.nonce, scores }),
      emit("EMAScoresSet", {
        nonce: epoch.nonce,
        scores: emas,
        is_active: workers.map(() => true),
      }),
      emit("RewardsSettled", {
        block_height: chain.height,
        block_height_tx: 0,
        rewards: payments.map(([, uallo]) => String(uallo)),
      }),
    ],
  };
}

interface Losses {
  readonly network: number;
  without(worker: string): number;
}

/** undefined when nobody can know the truth yet. */
function epochLosses(
  topic: Topic,
  epoch: ClosedEpoch,
  truth: Truth | undefined,
  nonceMs: number,
): Losses | undefined {
  const { reported } = epoch;
  if (reported !== undefined) {
    const all = [...reported.values()];
    const mean = (list: readonly number[]) => list.reduce((sum, x) => sum + x, 0) / list.length;
    return {
      network: mean(all),
      without: (worker) => {
        const others = [...reported].filter(([name]) => name !== worker).map(([, loss]) => loss);
        return others.length === 0 ? mean(all) : mean(others);
      },
    };
  }
  const real = truth?.(topic.spec, nonceMs);
  if (real === undefined) return undefined;
  const rows = epoch.submissions.map((one) => ({
    worker: one.worker,
    values: denseValues(topic.spec, epoch.labels, one),
  }));
  const lossOf = (values: readonly number[]) => loss(topic, epoch.labels, values, real.value);
  const networkLoss = (some: typeof rows) =>
    lossOf(
      epoch.labels.map((_, column) =>
        some.length === 0 ? 0 : Number(median(some.map(({ values }) => values[column] ?? "0")))
      ),
    );
  const network = networkLoss(rows);
  // alone, an inferer is measured against a network that says zero; of a price that means nothing
  const alone = rows.length === 1 && topic.spec.target?.kind === "price";
  return {
    network,
    without: (worker) => alone ? network : networkLoss(rows.filter((row) => row.worker !== worker)),
  };
}

/** Squared (or absolute, by the topic's loss method) error; for labels the Brier score. */
function loss(
  topic: Topic,
  labels: readonly string[],
  values: readonly number[],
  real: number,
): number {
  const error = (difference: number) =>
    topic.spec.lossMethod === "mae" ? Math.abs(difference) : difference * difference;
  if (topic.spec.arity === "single") return error((values[0] ?? 0) - real);
  const classes = ["down", "neutral", "up"]; // what truth's −1, 0, 1 stand for
  const happened = classes[real + 1];
  const known = labels.map((label, index) =>
    error((values[index] ?? 0) - Number(label === happened))
  );
  const missed = happened !== undefined && labels.includes(happened) ? 0 : error(1);
  return known.reduce((sum, x) => sum + x, missed);
}

/**
 * Shares of the reward: ln(1 + e^(p·(score/sd − c))), normalised (Allora whitepaper, reward
 * distribution; without spread everybody gets the same).
 */
function rewardFractions(scores: readonly number[]): number[] {
  const mean = scores.reduce((sum, x) => sum + x, 0) / scores.length;
  const variance = scores.reduce((sum, x) => sum + (x - mean) ** 2, 0) / scores.length;
  const spread = Math.sqrt(variance);
  const weights = scores.map((score) =>
    spread === 0 ? 1 : Math.log1p(Math.exp(REWARD_POWER * (score / spread - REWARD_SHIFT)))
  );
  const total = weights.reduce((sum, x) => sum + x, 0);
  return weights.map((weight) => weight / total);
}

function text(value: number): string {
  return canonicalText(fromNumber(value));
}
