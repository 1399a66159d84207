import { decodeAddress } from "./address.ts";
import { DevnetChain } from "./chain.ts";
import type { TopicSpec, Truth } from "./chain_types.ts";
import { paceBlocks } from "./clock.ts";
import {
  DEFAULT_BLOCK_MS,
  DEFAULT_CHAIN_ID,
  DEFAULT_START_MS,
  defaultTopics,
} from "./default_topics.ts";
import { faucetHandler } from "./faucet.ts";
import { FaultPlan, parseFaults } from "./faults.ts";
import { serveLoopback } from "../host/loopback.ts";
import { RpcServer } from "./rpc_server.ts";
import type { State } from "./state_file.ts";
import { priceAt, truthOf } from "./truth.ts";
import { venueHandler } from "./venue.ts";

export interface DevnetOptions {
  /** Where the node's RPC listens; default "127.0.0.1:0", a free port. Loopback only, as all of it. */
  readonly rpc?: string;
  /** Where the venue listens; default "127.0.0.1:0". */
  readonly market?: string;
  /** How many times faster than real time; default 600. */
  readonly speed?: number;
  /** Chain time between blocks, milliseconds; default 5000. */
  readonly blockMs?: number;
  /** Version of the emissions module; default 10. */
  readonly generation?: 9 | 10;
  /** Chain time of the first block, epoch milliseconds; default two months before the candles end. */
  readonly startMs?: number;
  /** Default: those of default_topics.ts. */
  readonly topics?: readonly TopicSpec[];
  /** As --fault: see FAULTS. */
  readonly faults?: string;
  /** Everything the chain starts from, in the place of the options above; see parseState. */
  readonly state?: State;
  /** Default "allora-devnet-1". */
  readonly chainId?: string;
  /** Blocks come by step() alone. */
  readonly manual?: boolean;
}

export interface Devnet extends AsyncDisposable {
  readonly rpcUrl: string;
  readonly marketUrl: string;
  readonly chain: DevnetChain;
  /** The devnet's clock: the newest block's time. */
  nowMs(): number;
  /** Makes `blocks` blocks at once; one by default. */
  step(blocks?: number): void;
  /** Coins from nowhere. */
  fund(address: string, uallo: bigint): void;
  /** Close of the last candle of the pair that had ended by `timeMs`. */
  price(pair: string, timeMs: number): number | undefined;
  /**
   * The chain's upgrade, between two blocks: the emissions module's next version finds the state of the
   * one before, and nothing is left in the mempool.
   */
  upgrade(generation: 10): void;
  /** So many blocks full of transactions of others: the gas price rises by an eighth with each. */
  crowd(blocks: number): void;
  /** From now on every message costs so much gas more. */
  raiseGas(gas: number): void;
  /** Orders more faults from now on, as --fault does. Throws "usage". */
  fault(faults: string): void;
  /** Takes back the faults that have not struck yet. */
  calm(): void;
}

const DEFAULT_SPEED = 600;

/**
 * A chain and a market to practise on, in this process and for this machine alone. Throws "config"
 * when it cannot listen where it is told, "usage" for faults that do not exist.
 */
export async function startDevnet(options: DevnetOptions = {}): Promise<Devnet> {
  const plan = new FaultPlan(parseFaults(options.faults ?? ""));
  const state = options.state ?? stateOf(options);
  const truth: Truth = ({ target }, nonceMs) =>
    target === undefined || nonceMs + target.horizonMs > chain.timeMs
      ? undefined
      : truthOf(target, nonceMs);
  const chain = new DevnetChain({ ...state, truth });
  await using parts = new AsyncDisposableStack();
  const { rpc = ANYWHERE, market = ANYWHERE, speed = DEFAULT_SPEED } = options;
  const node = parts.use(new RpcServer({ chain, plan, address: rpc, faucet: faucetOf(chain) }));
  const venue = parts.use(serveLoopback(market, venueHandler(() => chain.timeMs)));
  if (!options.manual) {
    chain.produceBlock(); // a chain that runs has something to show
    parts.use(paceBlocks(state.blockMs / speed, () => chain.produceBlock()));
  }
  const running = parts.move();
  return {
    rpcUrl: node.url,
    marketUrl: venue.url,
    chain,
    nowMs: () => chain.timeMs,
    step: (blocks = 1) => {
      for (let made = 0; made < blocks; made++) chain.produceBlock();
    },
    fund: (address, uallo) => chain.fund(address, uallo),
    price: priceAt,
    upgrade: (generation) => chain.upgrade(generation),
    crowd: (blocks) => {
      for (let made = 0; made < blocks; made++) chain.produceFullBlock();
    },
    raiseGas: (gas) => chain.raiseGas(gas),
    fault: (faults) => plan.order(parseFaults(faults)),
    calm: () => plan.clear(),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

const ANYWHERE = "127.0.0.1:0";

function stateOf(options: DevnetOptions): State {
  const { generation = 10 } = options;
  return {
    chainId: options.chainId ?? DEFAULT_CHAIN_ID,
    generation,
    blockMs: options.blockMs ?? DEFAULT_BLOCK_MS,
    startMs: options.startMs ?? DEFAULT_START_MS,
    startHeight: 1,
    topics: options.topics ?? defaultTopics(generation),
    accounts: [],
  };
}

function faucetOf(chain: DevnetChain) {
  return faucetHandler({
    chainId: chain.chainId,
    nowMs: () => Date.now(),
    isAddress,
    fund: (address, uallo) => chain.fund(address, uallo),
  });
}

function isAddress(text: string): boolean {
  try {
    return decodeAddress(text).length > 0;
  } catch {
    return false;
  }
}
