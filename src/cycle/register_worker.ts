import { ChainRefusal } from "../chain/chain_error.ts";
import type { Window } from "../chain/client.ts";
import { registerMessage } from "../chain/payload.ts";
import { PipelineError } from "../errors.ts";
import { confirmTransaction } from "./confirm_transaction.ts";
import { recover } from "./recover.ts";
import { type InFlight, sendTransaction } from "./send_transaction.ts";
import type { Session } from "./session.ts";

/** A registration that no block takes within this many is not worth waiting for. */
const PATIENCE_BLOCKS = 20n;

/** How asking for a registration ended; the chain has the worker then, but for a rehearsed one. */
export interface Registration {
  readonly state: "registered" | "rehearsed" | "already";
  /** The transaction that was made for it. */
  readonly flight?: InFlight;
  /** Null where the node keeps no index of transactions. */
  readonly height?: bigint | null;
  /** Paid, or offered by a rehearsal. */
  readonly feeUallo?: bigint;
}

/** Where a worker stands with a topic before anything is spent on it. */
export interface Standing extends Pick<Window, "isWhitelisted" | "isRegistered"> {
  /** What the chain takes for a registration, beside the transaction's fee. */
  readonly registrationFeeUallo: bigint;
}

/**
 * Makes sure that the chain would take this worker's payloads, before anything is spent on one:
 * whitelisted (nothing here can change that), and registered, which is done now when the settings
 * allow it. A dry run returns the rehearsed registration, behind which nothing more can be rehearsed.
 * Throws "denied" otherwise, and what registering throws.
 */
export async function ensureRegistered(
  session: Session,
  window: Window,
): Promise<InFlight | undefined> {
  const { run, worker } = session;
  const { topicId } = window;
  checkWhitelisted(session, topicId, window);
  if (window.isRegistered) return undefined;
  if (!run.settings.autoRegister) {
    throw new PipelineError(
      "denied",
      `Cannot submit to topic ${topicId}: ${worker.address} is not registered in it`,
      { hint: "set ALLORA_AUTO_REGISTER=yes to register at the chain's fee" },
    );
  }
  const { state, flight } = await register(session, topicId);
  return state === "rehearsed" ? flight : undefined;
}

/** Looks up what former runs left under way, then where the worker stands. Throws "config" for a topic that is none. */
export async function standingIn(session: Session, topicId: bigint): Promise<Standing> {
  const { chain, run, worker } = session;
  if (!run.dryRun) await recover(session);
  const [{ isWhitelisted, isRegistered }, registrationFeeUallo] = await Promise.all([
    chain.window(topicId, worker.address),
    chain.registrationFeeUallo(),
  ]);
  return { isWhitelisted, isRegistered, registrationFeeUallo };
}

/**
 * Registers the worker unless it is, whatever ALLORA_AUTO_REGISTER says. Throws "denied", with nothing
 * spent, where the topic's whitelist lacks it, and what registering throws.
 */
export async function registerWorker(
  session: Session,
  topicId: bigint,
  standing: Standing,
): Promise<Registration> {
  checkWhitelisted(session, topicId, standing);
  return standing.isRegistered ? { state: "already" } : await register(session, topicId);
}

function checkWhitelisted(
  { worker }: Session,
  topicId: bigint,
  { isWhitelisted }: Pick<Standing, "isWhitelisted">,
): void {
  if (isWhitelisted) return;
  throw new PipelineError(
    "denied",
    `Cannot submit to topic ${topicId}: ${worker.address} is not on its whitelist`,
    { hint: "ask the topic's creator to add this address; nothing was spent" },
  );
}

/** Sends the registration, or waits for one that is under way. Throws the ChainRefusal, or "retry" when it expired. */
async function register(session: Session, topicId: bigint): Promise<Registration> {
  const { run, worker } = session;
  const earlier = run.ledger.pendingTransactions(worker.address)
    .find(({ kind, topicId: registered }) => kind === "register" && registered === topicId);
  try {
    if (earlier !== undefined && !run.dryRun) {
      return await registered(session, { ...earlier, isSent: false });
    }
    const flight = await sendRegistration(session, topicId);
    if (!run.dryRun) return await registered(session, flight);
    return { state: "rehearsed", flight, feeUallo: flight.feeUallo };
  } catch (thrown) {
    // Another registration of ours came first: the chain has the worker.
    if (thrown instanceof ChainRefusal && thrown.class === "done") return { state: "already" };
    throw thrown;
  }
}

async function sendRegistration(session: Session, topicId: bigint): Promise<InFlight> {
  const { chain, worker } = session;
  const { height } = await chain.head();
  const wallet = await worker.wallet();
  return await sendTransaction(session, {
    kind: "register",
    topicId,
    nonce: 0n,
    timeoutHeight: height + PATIENCE_BLOCKS,
    message: () =>
      Promise.resolve(registerMessage({ generation: chain.generation, wallet, topicId })),
  });
}

/** How a registration that may have left ended. Throws the ChainRefusal, or "retry" when it expired. */
async function registered(session: Session, flight: InFlight): Promise<Registration> {
  const ending = await confirmTransaction(session, flight, session.run.hurry);
  switch (ending.state) {
    case "confirmed":
      return {
        state: "registered",
        flight,
        height: ending.height,
        feeUallo: ending.feePaidUallo,
      };
    case "rejected":
      throw ending.refusal;
    case "sent":
    case "expired":
      session.forget();
      throw new PipelineError(
        "retry",
        `Cannot register in topic ${flight.topicId}: no block took it up to height ${flight.timeoutHeight}`,
      );
  }
}
