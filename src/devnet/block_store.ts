import { sha256 } from "@cosmjs/crypto";
import { beginBlockEvents } from "./block_events.ts";
import type { Block, Event, IncludedTx, TxResult } from "./chain_types.ts";
import type { Waiting } from "./mempool.ts";

/** Blocks with something in them that are kept; empty ones are made again when asked for. */
const KEPT_BLOCKS = 100_000;

/** The chain's past: blocks by height, transactions by hash. */
export class BlockStore {
  readonly #chainId: string;
  readonly #timeOf: (height: number) => number;
  readonly #blocks = new Map<number, Block>();
  readonly #txs = new Map<string, IncludedTx>();

  constructor(chainId: string, timeOf: (height: number) => number) {
    this.#chainId = chainId;
    this.#timeOf = timeOf;
  }

  /** Makes the block and keeps it if it has anything that could not be made again. */
  add(
    height: number,
    waiting: readonly Waiting[],
    results: readonly TxResult[],
    ended: readonly Event[],
  ): Block {
    const block = this.#make(height, waiting.map(({ bytes }) => bytes), results, ended);
    for (const [index, { bytes, hash }] of waiting.entries()) {
      const result = results[index];
      if (result !== undefined) this.#txs.set(hash, { hash, height, index, tx: bytes, result });
    }
    if (waiting.length > 0 || ended.length > 0) this.#blocks.set(height, block);
    const oldest = this.#blocks.keys().next().value;
    if (this.#blocks.size > KEPT_BLOCKS && oldest !== undefined) this.#blocks.delete(oldest);
    return block;
  }

  /** The block at a height that the chain has passed. */
  block(height: number): Block {
    return this.#blocks.get(height) ?? this.#make(height, [], [], []);
  }

  /** Blocks with something in them, oldest first. */
  kept(): Block[] {
    return [...this.#blocks.values()];
  }

  tx(hash: string): IncludedTx | undefined {
    return this.#txs.get(hash);
  }

  /** Hash and first events are computed when somebody looks: hundreds of blocks a second pass unseen. */
  #make(
    height: number,
    txs: readonly Uint8Array[],
    results: readonly TxResult[],
    ended: readonly Event[],
  ): Block {
    const chainId = this.#chainId;
    return {
      height,
      timeMs: this.#timeOf(height),
      txs,
      results,
      get hash() {
        return sha256(new TextEncoder().encode(`${chainId}/${height}`)).toHex().toUpperCase();
      },
      get events() {
        return [...beginBlockEvents(height), ...ended];
      },
    };
  }
}
