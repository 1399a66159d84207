import { registerMessage } from "../chain/payload.ts";
import type { Window } from "../chain/client.ts";
import { PipelineError } from "../errors.ts";
import { confirmTransaction } from "./confirm_transaction.ts";
import { type InFlight, sendTransaction } from "./send_transaction.ts";
import type { Session } from "./session.ts";

/** A registration that no block takes within this many is not worth waiting for. */
const PATIENCE_BLOCKS = 20n;

/**
 * Makes sure that the chain would take this worker's payloads, before anything is spent on one:
 * whitelisted (nothing here can change that), and registered, which is done now when the settings
 * allow it. A dry run returns the rehearsed registration, behind which nothing more can be rehearsed.
 * Throws "denied" otherwise, and what sending the registration throws.
 */
export async function ensureRegistered(
  session: Session,
  window: Window,
): Promise<InFlight | undefined> {
  const { chain, run, worker } = session;
  const { topicId } = window;
  if (!window.isWhitelisted) {
    throw new PipelineError(
      "denied",
      `Cannot submit to topic ${topicId}: ${worker.address} is not on its whitelist`,
      { hint: "ask the topic's creator to add this address; nothing was spent" },
    );
  }
  if (window.isRegistered) return undefined;
  if (!run.settings.autoRegister) {
    throw new PipelineError(
      "denied",
      `Cannot submit to topic ${topicId}: ${worker.address} is not registered in it`,
      { hint: "set ALLORA_AUTO_REGISTER=yes to register at the chain's fee" },
    );
  }
  const earlier = run.ledger.pendingTransactions(worker.address)
    .find(({ kind, topicId: registered }) => kind === "register" && registered === topicId);
  if (earlier !== undefined) {
    await expectRegistered(session, { ...earlier, isSent: true });
    return undefined;
  }
  const { height } = await chain.head();
  const wallet = await worker.wallet();
  const sent = await sendTransaction(session, {
    kind: "register",
    topicId,
    nonce: 0n,
    timeoutHeight: height + PATIENCE_BLOCKS,
    message: () =>
      Promise.resolve(registerMessage({ generation: chain.generation, wallet, topicId })),
  });
  if (run.dryRun) return sent;
  await expectRegistered(session, sent);
  return undefined;
}

async function expectRegistered(session: Session, sent: InFlight): Promise<void> {
  const ending = await confirmTransaction(session, sent);
  if (ending.state === "rejected" && ending.refusal.class !== "done") throw ending.refusal;
  if (ending.state === "expired") {
    session.forget();
    throw new PipelineError(
      "retry",
      `Cannot register in topic ${sent.topicId}: no block took it up to height ${sent.timeoutHeight}`,
    );
  }
}
