import { assert } from "@std/assert";
import type { CycleReport } from "../../src/cycle/run_cycle.ts";
import type { TopicSpec } from "../../src/devnet/chain.ts";
import { type Host, realHost } from "../../src/host/host.ts";
import { type Practice, practise } from "../cycle/practice.ts";
import { tallyBlocks, type WindowFacts } from "./block_tally.ts";

/** One request of a visit: the Nth call of this method, or of this query's path. */
export interface CallAt {
  readonly call: string;
  readonly nth: number;
}

/** A worker at work for window after window, whose requests are watched, and struck. */
export interface Arena extends AsyncDisposable {
  readonly practice: Practice;
  readonly windows: readonly WindowFacts[];
  /** Steps to the topic's next window and returns it. */
  nextWindow(): WindowFacts;
  /** Every request of one undisturbed visit, in order. */
  record(): Promise<readonly CallAt[]>;
  /** A visit, struck before the request `at` leaves; `isMet`: whether it made this request. */
  visit(
    at?: CallAt,
    strike?: Strike,
    rpcTimeoutMs?: number,
  ): Promise<{ readonly report: CycleReport | Error; readonly isMet: boolean }>;
}

/** What happens at a request: something to the node or the chain, or a port where nobody listens. */
export type Strike = (practice: Practice) => Promise<void> | void | "refuse";

const TOPIC: TopicSpec = {
  ...{ id: 1, metadata: "1h BTC/USD", lossMethod: "czar", arity: "single", allowNegative: true },
  ...{ epochLength: 720, submissionWindow: 600, groundTruthLag: 720 },
  target: { kind: "log-return", pair: "BTC/USD", horizonMs: 3_600_000 },
};
/** After these the first windows are scored, so that each visit settles one and scores one. */
const WARM_UP_WINDOWS = 4;

/** A worker past its registration and its first scores, on emissions of this generation. */
export async function enterArena(generation: 9 | 10): Promise<Arena> {
  await using parts = new AsyncDisposableStack();
  const practice = parts.use(await practise({ generation, topics: [TOPIC] }));
  const { devnet, address } = practice;
  const tally = tallyBlocks(devnet.chain, address);
  const refused = closedPort();

  function nextWindow(): WindowFacts {
    const before = tally.newest(1);
    for (;;) {
      devnet.step();
      const window = tally.newest(1);
      if (window !== undefined && window !== before) return window;
    }
  }

  async function watch(
    onCall: (at: CallAt) => ReturnType<Strike>,
    rpcTimeoutMs = practice.settings.rpcTimeoutMs,
  ): Promise<CycleReport | Error> {
    const counts = new Map<string, number>();
    const host: Host = {
      ...practice.run().host,
      // Blocks come as fast as they are asked for: the wall clock would learn a pace that is none.
      nowMs: devnet.nowMs,
      async fetch(url, init) {
        if (!url.startsWith(devnet.rpcUrl)) return await realHost.fetch(url, init);
        const call = callOf(String(init?.body));
        const nth = (counts.get(call) ?? 0) + 1;
        counts.set(call, nth);
        const verdict = await onCall({ call, nth });
        return await realHost.fetch(verdict === "refuse" ? refused : url, init);
      },
    };
    // What concerns all topics is thrown, as to the command, which ends with its exit code.
    return await practice.visit({ host, settings: { ...practice.settings, rpcTimeoutMs } }).catch((
      thrown,
    ) => thrown);
  }

  for (let window = 0; window < WARM_UP_WINDOWS; window++) {
    nextWindow();
    assert(!(await watch(() => {}) instanceof Error));
  }
  const running = parts.move();
  return {
    practice,
    get windows() {
      return tally.windows;
    },
    nextWindow,
    async record() {
      practice.stepUntil("closed");
      const calls: CallAt[] = [];
      nextWindow();
      await watch((at) => void calls.push(at));
      return calls;
    },
    async visit(target, strike, rpcTimeoutMs) {
      let isMet = false;
      const report = await watch((at) => {
        if (at.call !== target?.call || at.nth !== target.nth) return;
        isMet = true;
        return strike?.(practice);
      }, rpcTimeoutMs);
      return { report, isMet };
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/** A request as faults know it: see FaultPlan. */
function callOf(body: string): string {
  const { method, params } = JSON.parse(body) as { method: string; params: { path?: string } };
  return method === "abci_query" ? params.path ?? method : method;
}

/** Where connections are refused. */
function closedPort(): string {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  listener.close();
  return `http://127.0.0.1:${port}`;
}
