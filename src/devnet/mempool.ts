/** Bytes of one transaction at most (CometBFT mempool.max_tx_bytes). */
const MAX_TX_BYTES = 1_048_576;
/** Transactions that wait at most (mempool.size). */
const MAX_WAITING = 5000;
/** Hashes remembered (mempool.cache_size). */
const CACHE_SIZE = 10_000;

export interface Waiting {
  readonly bytes: Uint8Array;
  /** Upper-case hex. */
  readonly hash: string;
}

/** What waits for the next block, and the cache by which bytes are taken only once. */
export class Mempool {
  readonly #seen = new Set<string>();
  #waiting: Waiting[] = [];

  get waiting(): readonly Waiting[] {
    return this.#waiting;
  }

  /** Why these bytes are refused unread, in CometBFT's words; undefined when they are not. */
  refusal({ bytes, hash }: Waiting): string | undefined {
    if (bytes.length > MAX_TX_BYTES) {
      return `Tx too large. Max size is ${MAX_TX_BYTES}, but got ${bytes.length}`;
    }
    if (this.#waiting.length >= MAX_WAITING) {
      const total = this.#waiting.reduce((sum, one) => sum + one.bytes.length, 0);
      return `mempool is full: number of txs ${this.#waiting.length} (max: ${MAX_WAITING}), ` +
        `total txs bytes ${total} (max: 1073741824)`;
    }
    return this.#seen.has(hash) ? "tx already exists in cache" : undefined;
  }

  add(tx: Waiting): void {
    this.#waiting.push(tx);
    this.#seen.add(tx.hash);
    const [oldest] = this.#seen;
    if (this.#seen.size > CACHE_SIZE && oldest !== undefined) this.#seen.delete(oldest);
  }

  /** Everything that waits, for a block; it stays in the cache. */
  take(): readonly Waiting[] {
    const taken = this.#waiting;
    this.#waiting = [];
    return taken;
  }

  /** What failed in a block may be offered again. */
  forget(hash: string): void {
    this.#seen.delete(hash);
  }
}
