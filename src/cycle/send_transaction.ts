import { ChainRefusal } from "../chain/chain_error.ts";
import { feeFor, gasLimitFor } from "../chain/fees.ts";
import type { ChainMessage } from "../chain/payload.ts";
import { unsignedForSimulation } from "../chain/unsigned.ts";
import { messageOf, PipelineError } from "../errors.ts";
import type { SignedTransaction } from "../ledger/transaction.ts";
import type { Run } from "./run.ts";
import { ownSequence, SequenceTaken } from "./own_sequence.ts";
import type { Session } from "./session.ts";

/** One message to the chain, before it has a sequence and a fee. */
export interface Draft {
  readonly kind: "payload" | "register";
  readonly topicId: bigint;
  /** 0 for a registration. */
  readonly nonce: bigint;
  /** Last block that may hold it. */
  readonly timeoutHeight: bigint;
  /** Encodes the message in the chain's present generation. */
  readonly message: () => Promise<ChainMessage>;
}

/** Signed bytes that may have left, and whether a node has said that it took them. */
export type InFlight = SignedTransaction & { readonly isSent: boolean };

/** A second try may cure these: sequence, gas, price and the chain's generation are read anew for it. */
const CURABLE: ReadonlySet<string> = new Set([
  ...["retry-sequence", "retry-gas", "retry-fee", "wait"],
]);

/**
 * Rehearses, signs, writes down and only then sends, in this order: a message that fails in a block
 * costs its whole fee, and bytes that were not written down could be paid for twice.
 *
 * Returns what to wait for. An answer that never came leaves the outcome unknown, which is waited for
 * like any other. Full mempools are waited out. Throws the ChainRefusal when the chain says no, after a
 * second try where one may help; nothing is under way then. In a dry run nothing is written or sent.
 *
 * Several may be asked for at once: each is signed when the one before has been sent, at the sequence
 * after it.
 */
export async function sendTransaction(session: Session, draft: Draft): Promise<InFlight> {
  const { host, hurry, pollMs, signal } = session.run;
  for (let attempt = 1, isSecond = false;; attempt++) {
    try {
      return await session.inTurn(() => sendOnce(session, draft));
    } catch (thrown) {
      if (thrown instanceof SequenceTaken && !hurry?.aborted) {
        await host.sleep(pollMs, signal);
        session.forget();
        continue;
      }
      if (!(thrown instanceof ChainRefusal)) throw thrown;
      session.forget();
      const isFull = thrown.class === "other-node";
      if (!isFull && (isSecond || !CURABLE.has(thrown.class))) throw thrown;
      isSecond ||= !isFull;
      // Room in the mempools comes with the next blocks; and the account as committed differs from the
      // one with what waits until a block has come. Meanwhile others have their turn.
      if (isFull) await host.sleep(pollMs * 2 ** Math.min(attempt - 1, 4), signal);
      else if (thrown.class === "retry-sequence") await host.sleep(pollMs, signal);
    }
  }
}

async function sendOnce(session: Session, draft: Draft): Promise<InFlight> {
  const { chain, run } = session;
  run.signal.throwIfAborted();
  const signed = await sign(session, draft);
  if (run.dryRun) return { ...signed, isSent: false };
  run.host.reached("signed-in-memory");
  run.ledger.recordSigned(signed);
  run.host.reached("signed");
  const facts = { topic: draft.topicId, nonce: draft.nonce, hash: signed.hash };
  run.tell(`${EVENTS[draft.kind]}.signed`, { ...facts, fee_uallo: signed.feeUallo });
  try {
    const answer = await chain.broadcast(signed.bytes);
    run.host.reached("broadcast");
    if (!answer.accepted) {
      const { code, codespace, log } = answer.refusal;
      run.ledger.reject(signed.hash, { code, codespace, log });
      throw answer.refusal;
    }
  } catch (thrown) {
    if (thrown instanceof ChainRefusal || !(thrown instanceof PipelineError)) throw thrown;
    run.tell("endpoint.failed", { url: chain.url, error: messageOf(thrown) });
    session.advance();
    return { ...signed, isSent: false };
  }
  run.ledger.markSent(signed.hash);
  run.host.reached("sent");
  session.advance();
  run.tell(`${EVENTS[draft.kind]}.sent`, facts);
  return { ...signed, isSent: true };
}

async function sign(session: Session, draft: Draft): Promise<SignedTransaction> {
  const { chain, run, worker } = session;
  const wallet = await worker.wallet();
  const { number } = await session.account();
  const sequence = await ownSequence(session, draft);
  const messages = [await draft.message()];
  const { feeGranter, gasPriceMargin } = run.settings;
  const granter = feeGranter === undefined ? {} : { feeGranter };
  const { timeoutHeight } = draft;
  const rehearsal = unsignedForSimulation({
    ...{ publicKey: wallet.publicKey, sequence, messages, timeoutHeight, ...granter },
  });
  const simulated = gasLimitFor(await chain.simulate(rehearsal));
  run.host.reached("simulated");
  const floor = gasFloor(session, draft);
  const gasLimit = simulated > floor ? simulated : floor;
  const feeUallo = feeFor(gasLimit, await session.gasPrice(), gasPriceMargin);
  assertUnderCap(run, feeUallo);
  // CosmJS is a tenth of a second of CPU: only what is signed pays for it.
  const { signTransaction } = await import("../chain/transaction.ts");
  const signed = await signTransaction({
    ...{ wallet, chainId: chain.chainId, accountNumber: number, sequence, messages },
    ...{ feeUallo, gasLimit, timeoutHeight, ...granter },
  });
  return {
    ...{ kind: draft.kind, topicId: draft.topicId, nonce: draft.nonce, worker: worker.address },
    ...{ sequence, accountNumber: number, feeUallo, gasLimit, timeoutHeight, ...signed },
  };
}

const DAY_MS = 86_400_000;

/** Throws "denied" when the fee would carry what 24 hours cost past ALLORA_MAX_FEE_PER_DAY. */
function assertUnderCap({ host, ledger, settings, tell }: Run, feeUallo: bigint): void {
  const spent = ledger.feesCommitted(host.nowMs() - DAY_MS);
  const cap = settings.maxFeePerDayUallo;
  if (spent + feeUallo <= cap) return;
  const facts = { fee_uallo: feeUallo, spent_uallo: spent, cap_uallo: cap };
  tell("fee.cap_reached", facts);
  throw new PipelineError(
    "denied",
    `Cannot sign: a fee of ${feeUallo} uallo on top of ${spent} in 24 hours passes the cap of ${cap}`,
    { hint: "look at the gas price, then raise ALLORA_MAX_FEE_PER_DAY if it is right" },
  );
}

/** A transaction that ran out of gas is followed by one with a third more: simulating again gives the same. */
function gasFloor({ run, worker }: Session, { topicId, nonce }: Draft): bigint {
  const last = run.ledger.transactionsOf({ topicId, nonce, worker: worker.address }).at(-1);
  const ranOut = last?.codespace === "sdk" && last.code === OUT_OF_GAS;
  return ranOut ? (last.gasLimit * 4n) / 3n : 0n;
}

/** sdk: ErrOutOfGas. */
const OUT_OF_GAS = 11;

/** The events of each kind of transaction begin with this. */
export const EVENTS = { payload: "submission", register: "registration" } as const;
