import { ChainRefusal } from "../chain/chain_error.ts";
import type { Window } from "../chain/client.ts";
import { payloadMessage } from "../chain/payload.ts";
import { PipelineError } from "../errors.ts";
import type { Submission } from "../ledger/submission.ts";
import type { TopicSettings } from "../settings.ts";
import type { ChainTimes } from "./chain_times.ts";
import { predictOrFallBack } from "./fall_back.ts";
import { inferenceOf, textsOf } from "./inference.ts";
import { judge, predictTopic } from "./predict_topic.ts";
import { assertTopicTakes } from "./topic_takes.ts";
import { ensureRegistered } from "./register_worker.ts";
import { type InFlight, sendTransaction } from "./send_transaction.ts";
import type { Session } from "./session.ts";
import { isUnfinished } from "./try_again.ts";

/** A topic whose open window still needs a prediction, or the sending of one. */
export interface DueTopic {
  readonly topic: TopicSettings;
  readonly window: Window & { readonly nonce: bigint };
  /** What the ledger has for this window: nothing, or a row to go on from. */
  readonly row: Submission | undefined;
}

/** What of a prediction is signed. */
export type Prepared = Pick<Submission, "value" | "labels">;

/**
 * Whether, and from where, the open window is to be worked on; undefined when there is nothing to do.
 * `isAllOurs` tells whether the ledger knows all that the account did: if not, the chain is asked
 * whether it has this window's inference already, sent from elsewhere or by a ledger that is lost.
 */
export async function dueTopic(
  session: Session,
  topic: TopicSettings,
  head: { readonly height: bigint; readonly timeMs: number },
  isAllOurs: () => Promise<boolean>,
): Promise<DueTopic | undefined> {
  const { chain, run, worker } = session;
  const window = await chain.window(topic.topicId, worker.address);
  const { nonce } = window;
  if (!run.dryRun) {
    noteMissed(session, topic.topicId, nonce, head.height);
    run.ledger.recordWindow({
      ...{ topicId: topic.topicId, seenHeight: head.height, seenMs: run.host.nowMs() },
      ...{ headMs: head.timeMs, nonce: nonce ?? null },
      ...{ closes: nonce === undefined ? null : window.closes, nextOpens: window.nextOpens },
    });
    run.host.reached("window-recorded");
  }
  if (nonce === undefined) return undefined;
  const key = { topicId: topic.topicId, nonce, worker: worker.address };
  const refused = run.ledger.submission(topic.topicId, nonce, worker.address)?.state === "rejected";
  // What one node refused may have landed by another: it is looked up before anything new is made.
  if (refused && !run.dryRun) await isAllOurs();
  const row = run.ledger.submission(topic.topicId, nonce, worker.address);
  if (!isUnfinished(session, row)) return undefined;
  const isKnownHere = row !== undefined || run.dryRun || await isAllOurs();
  if (!isKnownHere && await chain.latestInferenceNonce(topic.topicId, worker.address) === nonce) {
    const baseMs = await session.blockTimeMs(nonce);
    run.ledger.adopt({ ...key, windowOpens: window.opens, windowCloses: window.closes, baseMs });
    run.tell("submission.adopted", { topic: topic.topicId, nonce });
    return undefined;
  }
  run.tell("window.open", { topic: topic.topicId, nonce, closes: window.closes });
  return { topic, window: { ...window, nonce }, row };
}

/** A window that passed without a prediction is a fact as much as one that was proven. */
function noteMissed(
  { run, worker }: Session,
  topicId: bigint,
  nonce: bigint | undefined,
  headHeight: bigint,
): void {
  const { nonce: passed = null, closes = null } = run.ledger.lastWindow(topicId) ?? {};
  // One of the nodes behind an address may be a block behind, and not know of the window yet.
  if (passed === null || passed === nonce || closes === null || closes > headHeight) return;
  const row = run.ledger.submission(topicId, passed, worker.address);
  if (row !== undefined && row.state !== "refused") return;
  const reason = row?.reason ?? "no prediction could be made";
  run.ledger.closeWindow({ topicId, nonce: passed, worker: worker.address }, "missed", reason);
  run.tell("submission.missed", { topic: topicId, nonce: passed, reason });
}

/**
 * The prediction for a due window, durable in the ledger before anything is signed. One that is there
 * already is taken as it is. Throws "invalid" when the validator refuses it; the next visit tries again,
 * but nothing stands in for what was refused. Throws "config" when it is not what the topic takes.
 */
export async function preparePrediction(session: Session, due: DueTopic): Promise<Prepared> {
  const { run, worker } = session;
  const { topic, window, row } = due;
  if (row !== undefined && row.state !== "refused") return row;
  const [head, baseMs] = await Promise.all([session.head(), session.blockTimeMs(window.nonce)]);
  const times: ChainTimes = { baseMs, headMs: head.timeMs, nonce: window.nonce };
  const { forecast: made, fallback } = row === undefined
    ? await predictOrFallBack(run, topic, times)
    : { forecast: await predictTopic(run, topic, times), fallback: null };
  const span = {
    ...{ topicId: topic.topicId, nonce: window.nonce, worker: worker.address },
    ...{ windowOpens: window.opens, windowCloses: window.closes },
  };
  const verdict = judge(run, topic, made);
  if (verdict.verdict === "refused") {
    const { reason } = verdict;
    if (!run.dryRun) {
      run.ledger.refuse({ ...span, value: String(made.value), model: made.model, reason });
    }
    throw new PipelineError(
      "invalid",
      `Cannot submit topic ${topic.topicId} nonce ${window.nonce}: prediction_validation_failed: ${reason}`,
      { hint: "the next visit predicts anew; see the model with allora-pipeline evaluate" },
    );
  }
  const texts = textsOf(made);
  await assertTopicTakes(session, { topic, nonce: window.nonce, basePrice: made.basePrice, texts });
  run.host.reached("predicted");
  if (run.dryRun) return texts;
  const { low, high, low80, high80, sigma, basePrice, model } = made;
  run.ledger.plan({
    ...{ ...span, ...texts, low, high, low80, high80, sigma, basePrice, model, fallback, baseMs },
  });
  run.host.reached("planned");
  // Another process may have planned this window in the meantime: its row is the one that counts.
  return run.ledger.submission(topic.topicId, window.nonce, worker.address) ?? texts;
}

/**
 * Registers when needed, then sends the prediction. Undefined when the chain already holds it. Throws
 * the ChainRefusal when it is refused before it left, which costs nothing.
 */
export async function submitPrediction(
  session: Session,
  { topic, window }: DueTopic,
  prepared: Prepared,
): Promise<InFlight | undefined> {
  const { chain, run, worker } = session;
  const key = { topicId: topic.topicId, nonce: window.nonce, worker: worker.address };
  const rehearsal = await ensureRegistered(session, window);
  if (rehearsal !== undefined) return rehearsal;
  try {
    return await sendTransaction(session, {
      kind: "payload",
      topicId: topic.topicId,
      nonce: window.nonce,
      timeoutHeight: window.closes,
      message: async () =>
        payloadMessage({
          ...{ generation: chain.generation, wallet: await worker.wallet() },
          ...{ topicId: topic.topicId, nonce: window.nonce, inference: inferenceOf(prepared) },
        }),
    });
  } catch (thrown) {
    if (!(thrown instanceof ChainRefusal)) throw thrown;
    if (run.dryRun) throw thrown;
    if (thrown.class === "done") {
      run.ledger.resolve(key, "confirmed", thrown.message);
      return undefined;
    }
    const { topicId, nonce } = key;
    run.tell("submission.rejected", { topic: topicId, nonce, error: thrown.message });
    if (thrown.class === "give-up-nonce") run.ledger.resolve(key, "rejected", thrown.message);
    throw thrown;
  }
}
