import { sha256 } from "@cosmjs/crypto";
import { Accounts } from "./accounts.ts";
import { BlockStore } from "./block_store.ts";
import { ChainError, SDK } from "./chain_error.ts";
import type {
  AbciResponse,
  Block,
  ChainOptions,
  CheckResult,
  Event,
  IncludedTx,
  TxResult,
} from "./chain_types.ts";
import { endEmissionsBlock } from "./end_block.ts";
import { type Environment, execute, type Execution, type Mode } from "./execute.ts";
import { FeeMarket } from "./fee_market.ts";
import { Mempool } from "./mempool.ts";
import { answerQuery, type QueryContext } from "./queries.ts";
import { Topic } from "./topics.ts";
import { type Transaction, transactionDecoder } from "./transaction.ts";
import { txData } from "./tx_response.ts";

export type * from "./chain_types.ts";

/**
 * An Allora chain in the process: it verifies transactions as the real one does and makes a block
 * whenever it is told to. Heights are plain numbers here: no devnet lives for 2^53 blocks.
 */
export class DevnetChain {
  readonly chainId: string;
  readonly blockMs: number;
  readonly #options: ChainOptions;
  readonly #accounts: Accounts;
  readonly #topics: ReadonlyMap<number, Topic>;
  readonly #feeMarket: FeeMarket;
  #decode: (bytes: Uint8Array) => Transaction;
  #generation: 9 | 10;
  /** Gas that every message costs beyond what it did at the start. */
  #surcharge = 0;
  #mempool = new Mempool();
  readonly #past: BlockStore;
  readonly #listeners = new Set<(block: Block) => void>();
  #checkState: Accounts;
  #height: number;

  constructor(options: ChainOptions) {
    this.chainId = options.chainId;
    this.#generation = options.generation;
    this.blockMs = options.blockMs;
    this.#options = options;
    this.#height = options.startHeight;
    this.#accounts = new Accounts(options.accounts);
    for (const { granter, grantee, spendLimitUallo: limit } of options.allowances ?? []) {
      this.#accounts.grant(granter, grantee, limit === undefined ? undefined : BigInt(limit));
    }
    this.#topics = new Map(
      options.topics.map((spec) => [spec.id, new Topic(spec, options.startHeight)]),
    );
    this.#feeMarket = new FeeMarket(options.gasPrice);
    this.#decode = transactionDecoder(options.generation);
    this.#past = new BlockStore(options.chainId, (height) => this.timeOf(height));
    this.#checkState = this.#accounts.fork();
  }

  get generation(): 9 | 10 {
    return this.#generation;
  }

  get height(): number {
    return this.#height;
  }

  /** Time of the newest block, epoch milliseconds. */
  get timeMs(): number {
    return this.timeOf(this.#height);
  }

  timeOf(height: number): number {
    return this.#options.startMs + (height - this.#options.startHeight) * this.blockMs;
  }

  /** Transactions that wait for the next block, oldest first. */
  get mempool(): readonly Uint8Array[] {
    return this.#mempool.waiting.map(({ bytes }) => bytes);
  }

  /** Offers a transaction to the mempool: what broadcast_tx_sync answers. */
  checkTx(bytes: Uint8Array): CheckResult {
    const tx = { bytes, hash: sha256(bytes).toHex().toUpperCase() };
    const data = this.#mempool.refusal(tx);
    if (data !== undefined) return { kind: "error", code: -32603, message: "Internal error", data };
    const result = this.#result(this.#try(bytes, "check", this.#checkState, this.#height));
    if (result.code === 0) this.#mempool.add(tx);
    return { kind: "result", hash: tx.hash, ...result };
  }

  /** Makes the next block of everything that waits. */
  produceBlock(): Block {
    const height = ++this.#height;
    const taken = this.#mempool.take();
    const results = taken.map(({ bytes, hash }) => {
      const result = this.#result(this.#try(bytes, "deliver", this.#accounts, height));
      if (result.code !== 0) this.#mempool.forget(hash);
      return result;
    });
    const block = this.#past.add(height, taken, results, this.#endBlock(height));
    this.#checkState = this.#accounts.fork();
    for (const listener of this.#listeners) listener(block);
    return block;
  }

  /** What abci_query answers. `height`: 0 or absent for the newest; older ones get today's state. */
  query(path: string, data: Uint8Array, height = 0): AbciResponse {
    const failed = ({ code, codespace, message }: ChainError, at: number): AbciResponse => ({
      code,
      codespace,
      log: message,
      value: undefined,
      height: at,
    });
    if (height > this.#height) {
      const future = "cannot query with height in the future; please provide a valid height";
      return failed(SDK.invalidHeight.wrap(future), 0);
    }
    try {
      const value = answerQuery(path, data, this.#queryContext());
      if (value === undefined) return failed(SDK.unknownRequest.wrap("unknown query path"), 0);
      return { code: 0, codespace: "", log: "", value, height: height || this.#height };
    } catch (error) {
      if (error instanceof ChainError) return failed(error, height || this.#height);
      throw error;
    }
  }

  /** undefined below 1 and beyond the tip. */
  block(height: number): Block | undefined {
    if (!Number.isInteger(height) || height < 1 || height > this.#height) return undefined;
    return this.#past.block(height);
  }

  /** The blocks with a transaction, or with an event of the emissions module; oldest first. */
  eventfulBlocks(): Block[] {
    return this.#past.kept();
  }

  /** `hash`: upper-case hex. */
  tx(hash: string): IncludedTx | undefined {
    return this.#past.tx(hash);
  }

  /** Calls `listener` after each block; returns how to stop. */
  onBlock(listener: (block: Block) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The faucet: money from nowhere, at once. */
  fund(address: string, uallo: bigint): void {
    this.#accounts.mint(address, uallo);
    const checked = this.#checkState.get(address);
    const own = this.#accounts.get(address);
    if (checked !== undefined && checked !== own) this.#checkState.mint(address, uallo);
  }

  /** The emissions module's next version; nodes begin again with an empty mempool, the state stays. */
  upgrade(generation: 9 | 10): void {
    this.#generation = generation;
    this.#decode = transactionDecoder(generation);
    this.#mempool = new Mempool();
    this.#checkState = this.#accounts.fork();
  }

  /** From now on every message costs so much gas more. */
  raiseGas(gas: number): void {
    this.#surcharge += gas;
  }

  /** Makes a block that transactions of others have filled: those of ours find no room in it. */
  produceFullBlock(): Block {
    this.#feeMarket.fill();
    return this.produceBlock();
  }

  #try(
    bytes: Uint8Array,
    mode: Mode,
    accounts: Accounts,
    height: number,
  ): Execution {
    const environment: Environment = {
      chainId: this.chainId,
      generation: this.generation,
      height,
      accounts,
      topics: this.#topics,
      feeMarket: this.#feeMarket,
      surcharge: this.#surcharge,
      registrationFee: BigInt(this.#options.registrationFee ?? "200"),
      dataFee: BigInt(this.#options.dataFee ?? "10"),
    };
    try {
      return execute(this.#decode(bytes), environment, mode);
    } catch (error) {
      if (!(error instanceof ChainError)) throw error;
      return { error, gasWanted: 0, gasUsed: 0, events: [], responses: [] };
    }
  }

  #result({ error, gasWanted, gasUsed, events, responses }: Execution): TxResult {
    return {
      code: error?.code ?? 0,
      codespace: error?.codespace ?? "",
      log: error?.message ?? "",
      data: txData(responses),
      gasWanted,
      gasUsed,
      events,
    };
  }

  #endBlock(height: number): Event[] {
    this.#feeMarket.endBlock();
    return endEmissionsBlock(this.#topics, {
      height,
      generation: this.generation,
      accounts: this.#accounts,
      truth: this.#options.truth,
      timeOf: (nonce) => this.timeOf(nonce),
    });
  }

  #queryContext(): QueryContext {
    return {
      generation: this.generation,
      height: this.#height,
      accounts: this.#accounts,
      topics: this.#topics,
      feeMarket: this.#feeMarket,
      options: this.#options,
      timeOf: (height) => this.timeOf(height),
      tx: (hash) => this.tx(hash),
      // As BaseApp.Simulate does: on the check state, which knows the sequences of what waits.
      simulate: (bytes) => this.#try(bytes, "simulate", this.#checkState, this.#height),
    };
  }
}
