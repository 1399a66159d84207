import type { DevnetChain } from "./chain.ts";
import type { Block, Event, TxResult } from "./chain_types.ts";
import { blockJson, blockResultsJson, CONSENSUS_PARAMS, hashOf, headerJson } from "./rpc_json.ts";
import type { EventMap } from "./subscription_query.ts";

/** One event of a block: what queries match, and what is sent. */
export interface Happening {
  readonly events: EventMap;
  readonly data: { readonly type: string; readonly value: unknown };
}

const KINDS = ["NewBlock", "NewBlockHeader", "NewBlockEvents", "Tx"];

/** What happened in a block, put together when the first subscription asks for it, and shared. */
export class Happenings {
  readonly #made = new Map<string, readonly Happening[]>();
  readonly #chain: DevnetChain;
  readonly #block: Block;

  constructor(chain: DevnetChain, block: Block) {
    this.#chain = chain;
    this.#block = block;
  }

  /** Of one kind (tm.event), or of all. */
  of(kind: string | undefined): readonly Happening[] {
    if (kind === undefined) return KINDS.flatMap((each) => this.of(each));
    let happenings = this.#made.get(kind);
    if (happenings === undefined) this.#made.set(kind, happenings = this.#make(kind));
    return happenings;
  }

  #make(kind: string): readonly Happening[] {
    const block = this.#block;
    const { events, height, txs, results } = block;
    const happening = (value: unknown, from: readonly Event[], tags: Tags = {}): Happening => ({
      events: eventMap(from, { ...tags, "tm.event": kind }),
      data: { type: `tendermint/event/${kind}`, value },
    });
    switch (kind) {
      case "NewBlock":
        return [happening(newBlock(this.#chain, block), events)];
      case "NewBlockHeader":
        return [happening({ header: headerJson(this.#chain, block) }, [])];
      case "NewBlockEvents":
        return [
          happening({ height: String(height), events, num_txs: String(txs.length) }, events),
        ];
      case "Tx":
        return results.map((result, index) => {
          const tx = txs[index]!;
          const place = { height: String(height), ...(index > 0 && { index }) };
          const TxResult = { ...place, tx: tx.toBase64(), result: sparse(result) };
          const tags = { "tx.hash": hashOf(tx), "tx.height": place.height };
          return happening({ TxResult }, result.events, tags);
        });
      default:
        return [];
    }
  }
}

type Tags = Readonly<Record<string, string>>;

function newBlock(chain: DevnetChain, block: Block) {
  const { block_id, block: body } = blockJson(chain, block);
  const { finalize_block_events: events, app_hash } = blockResultsJson(block);
  return {
    block: body,
    block_id,
    result_finalize_block: {
      events,
      ...(block.results.length > 0 && { tx_results: block.results.map(sparse) }),
      validator_updates: [],
      consensus_param_updates: { ...CONSENSUS_PARAMS, version: {}, abci: {} },
      app_hash,
    },
  };
}

/** A transaction's result as events carry it: what is zero or empty is left out. */
function sparse({ code, codespace, log, data, gasWanted, gasUsed, events }: TxResult) {
  return {
    ...(code !== 0 && { code }),
    ...(data.length > 0 && { data: data.toBase64() }),
    ...(log !== "" && { log }),
    gas_wanted: String(gasWanted),
    gas_used: String(gasUsed),
    events,
    ...(codespace !== "" && { codespace }),
  };
}

/** Every attribute as "type.key", with the values in their order. */
function eventMap(events: readonly Event[], tags: Tags): EventMap {
  const map = new Map(Object.entries(tags).map(([key, value]) => [key, [value]]));
  for (const { type, attributes } of events) {
    for (const { key, value } of attributes) {
      const values = map.get(`${type}.${key}`);
      if (values === undefined) map.set(`${type}.${key}`, [value]);
      else values.push(value);
    }
  }
  return map;
}
