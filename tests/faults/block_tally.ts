import type { Block, DevnetChain, Event } from "../../src/devnet/chain.ts";
import { hashOf } from "../../src/devnet/rpc_json.ts";
import { transactionDecoder } from "../../src/devnet/transaction.ts";

/** What the chain's blocks say of one window and one worker. */
export interface WindowFacts {
  readonly topicId: number;
  readonly nonce: number;
  /** Last height that may hold a payload. */
  readonly end: number;
  /** Our payloads in blocks, in their order; each has paid its fee, whatever its code. */
  readonly payloads: { readonly hash: string; readonly code: number }[];
  /** Whether the closed active set has us. */
  isCounted: boolean;
}

/** Windows and payloads as the blocks have them; nothing of this comes from our ledger. */
export interface BlockTally {
  readonly windows: readonly WindowFacts[];
  /** The topic's newest window. */
  newest(topicId: number): WindowFacts | undefined;
}

/** Reads every block that `chain` makes from now on for what `worker` has in it. */
export function tallyBlocks(chain: DevnetChain, worker: string): BlockTally {
  const windows = new Map<string, WindowFacts>();
  const newest = new Map<number, WindowFacts>();
  // A transaction is counted in the form of whichever generation it was written for.
  const decoders = ([10, 9] as const).map(transactionDecoder);
  const payloadsOf = (bytes: Uint8Array) => {
    for (const decode of decoders) {
      try {
        return decode(bytes).messages.flatMap((message) =>
          message.kind === "worker" ? message.value.workerDataBundle ?? [] : []
        );
      } catch {
        continue;
      }
    }
    return [];
  };
  chain.onBlock((block) => {
    for (const [place, bytes] of block.txs.entries()) {
      for (const { worker: sender, topicId, nonce } of payloadsOf(bytes)) {
        if (sender !== worker) continue;
        const window = windows.get(`${topicId}/${nonce?.blockHeight}`);
        const { code } = block.results[place]!;
        if (window === undefined) throw new Error(`a payload for no window: ${hashOf(bytes)}`);
        window.payloads.push({ hash: hashOf(bytes), code });
      }
    }
    readEvents(block);
  });

  function readEvents({ events }: Block): void {
    for (const event of events) {
      const [topicId, nonce] = ["topic_id", "nonce_block_height"].map((key) =>
        Number(valueOf(event, key))
      ) as [number, number];
      if (event.type.endsWith(".EventWorkerSubmissionWindowOpened")) {
        const end = Number(valueOf(event, "window_end_block"));
        const window = { topicId, nonce, end, payloads: [], isCounted: false };
        windows.set(`${topicId}/${nonce}`, window);
        newest.set(topicId, window);
      }
      if (event.type.endsWith(".EventActiveInferersSet")) {
        const window = windows.get(`${topicId}/${nonce}`);
        const isOurs = valueOf(event, "addresses").includes(worker);
        if (window !== undefined) window.isCounted = isOurs;
      }
    }
  }

  return {
    get windows() {
      return [...windows.values()];
    },
    newest: (topicId) => newest.get(topicId),
  };
}

/** The attribute without the quotes that JSON gives it. */
function valueOf({ attributes }: Event, name: string): string {
  return attributes.find(({ key }) => key === name)?.value.replaceAll('"', "") ?? "";
}
