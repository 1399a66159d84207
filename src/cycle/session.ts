import type { ChainClient } from "../chain/client.ts";
import { PipelineError } from "../errors.ts";
import type { Run } from "./run.ts";
import type { Worker } from "./worker.ts";

/** The worker's account as the next signature needs it. */
export interface Account {
  readonly number: bigint;
  readonly sequence: bigint;
}

/** One visit's conversation with the chain. */
export class Session {
  readonly run: Run;
  readonly chain: ChainClient;
  readonly worker: Worker;
  #account: Account | undefined;

  constructor(run: Run, chain: ChainClient, worker: Worker) {
    this.run = run;
    this.chain = chain;
    this.worker = worker;
  }

  /**
   * Account number and the next free sequence: the chain's, or one above our own transactions that
   * are under way, whose place nothing new may take. Throws "unavailable" for an account without funds.
   */
  async account(): Promise<Account> {
    if (this.#account !== undefined) return this.#account;
    const { address } = this.worker;
    const found = await this.chain.account(address);
    if (found === undefined) {
      throw new PipelineError(
        "unavailable",
        `Cannot sign for ${address}: the chain knows no such account`,
        { hint: `send some ALLO to it: an account begins with its first coins` },
      );
    }
    const taken = this.run.ledger.pendingTransactions(address).map(({ sequence }) => sequence + 1n);
    const sequence = [found.sequence, ...taken].reduce((a, b) => a > b ? a : b);
    return this.#account = { number: found.number, sequence };
  }

  /** The node has taken a transaction at the present sequence. */
  advance(): void {
    if (this.#account !== undefined) {
      this.#account = { ...this.#account, sequence: this.#account.sequence + 1n };
    }
  }

  /** Forgets what was known of the account, so that the next signature asks the chain. */
  forget(): void {
    this.#account = undefined;
  }
}
