import type { ChainClient } from "../chain/client.ts";
import { PipelineError } from "../errors.ts";
import { Remembered } from "./remembered.ts";
import type { Run } from "./run.ts";
import type { Worker } from "./worker.ts";

/** A node indexes a block shortly after it made it: one block more before "in no block" counts. */
export const INDEXING_BLOCKS = 1n;

/** The worker's account as the next signature needs it. */
export interface Account {
  readonly number: bigint;
  /** Those below are used up by blocks. */
  readonly used: bigint;
  /** The next free one. */
  readonly sequence: bigint;
}

/** One visit's conversation with the chain. */
export class Session {
  readonly run: Run;
  readonly chain: ChainClient;
  readonly worker: Worker;
  readonly #blockTimes = new Map<bigint, Promise<number>>();
  readonly #head: Remembered<Awaited<ReturnType<ChainClient["head"]>>>;
  readonly #finalHeight: Remembered<bigint>;
  readonly #gasPrice: Remembered<bigint>;
  #account: Promise<Account> | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(run: Run, chain: ChainClient, worker: Worker) {
    this.run = run;
    this.chain = chain;
    this.worker = worker;
    this.#head = new Remembered(run, () => chain.head());
    this.#finalHeight = new Remembered(run, () => chain.finalHeight());
    this.#gasPrice = new Remembered(run, () => chain.gasPrice());
  }

  /** The newest block, as of no longer ago than one look takes: all who wait share the question. */
  head(): Promise<{ readonly height: bigint; readonly timeMs: number }> {
    return this.#head.value();
  }

  /** The height up to which what no node finds is in no block. */
  finalHeight(): Promise<bigint> {
    return this.#finalHeight.value();
  }

  /** The fee market's price of one gas, in 1e-18 uallo, as new as the head. */
  gasPrice(): Promise<bigint> {
    return this.#gasPrice.value();
  }

  /** Time of a block, epoch milliseconds; topics that open together share the question. */
  blockTimeMs(height: bigint): Promise<number> {
    const known = this.#blockTimes.get(height) ?? this.chain.blockTimeMs(height);
    this.#blockTimes.set(height, known);
    return known;
  }

  /** Does the work when all that asked before is done: what signs goes one after another. */
  inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => {});
    return done;
  }

  /**
   * Account number and the next free sequence: the chain's, or the first above it that none of our own
   * transactions under way has. Throws "unavailable" for an account without funds.
   */
  account(): Promise<Account> {
    this.#account ??= this.#askAccount();
    const asked = this.#account;
    asked.catch(() => {
      if (this.#account === asked) this.#account = undefined;
    });
    return asked;
  }

  async #askAccount(): Promise<Account> {
    const { address } = this.worker;
    const found = await this.chain.account(address);
    if (found === undefined) {
      throw new PipelineError(
        "unavailable",
        `Cannot sign for ${address}: the chain knows no such account`,
        { hint: `send some ALLO to it: an account begins with its first coins` },
      );
    }
    // A node that lags may name a sequence that is used up.
    const known = this.run.ledger.nextSequence(address) ?? 0n;
    const used = found.sequence > known ? found.sequence : known;
    return { number: found.number, used, sequence: this.#freeFrom(used) };
  }

  /** The lowest from here on that none of ours under way has: a hole must be filled before they can land. */
  #freeFrom(lowest: bigint): bigint {
    const pending = this.run.ledger.pendingTransactions(this.worker.address);
    let sequence = lowest;
    while (pending.some((transaction) => transaction.sequence === sequence)) sequence++;
    return sequence;
  }

  /** A transaction that was written down may have been taken. */
  advance(): void {
    this.#account = this.#account?.then((account) => ({
      ...account,
      sequence: this.#freeFrom(account.sequence),
    }));
  }

  /** Forgets what was known of the account and the price, so that the next signature asks the chain. */
  forget(): void {
    this.#account = undefined;
    this.#gasPrice.forget();
  }
}
