import { connect, type ConnectOptions, type EndpointRecord } from "../../src/chain/client.ts";
import { UpgradePlanAnswer, WindowAnswer } from "../../src/chain/messages.ts";
import { encode } from "../../src/chain/wire.ts";
import { FaultPlan, parseFaults } from "../../src/devnet/faults.ts";
import { RpcServer } from "../../src/devnet/rpc_server.ts";
import { type Devnet, startDevnet } from "../../src/devnet/start.ts";
import { host, type Methods, serve, status, type TestNode, UNKNOWN_PATH } from "./node.ts";
import { recording } from "./recordings.ts";

export const WORKER = "allo1ktzndg8yd47kphwwqv0z5lghc05keu8njky6jj";

export interface Told {
  readonly event: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A client of these nodes, and everything that it told. */
export async function connected(urls: readonly string[], more: Partial<ConnectOptions> = {}) {
  const told: Told[] = [];
  const tell = (event: string, fields: Told["fields"]) => void told.push({ event, fields });
  const client = await connect({ urls, timeoutMs: 2_000, host, tell, ...more });
  return { client, told, failed: () => failedOf(told) };
}

/** Who was named as failing, each once. */
export function failedOf(told: readonly Told[]): readonly unknown[] {
  const failed = told.filter(({ event }) => event === "endpoint.failed");
  return [...new Set(failed.map(({ fields }) => fields["url"]))];
}

export interface Twins extends AsyncDisposable {
  readonly devnet: Devnet;
  readonly goodUrl: string;
  readonly badUrl: string;
  /** Orders faults of the bad node. */
  fault(faults: string): void;
}

/** A clock that stands still: no latency, so that the nodes are asked in the order of their URLs. */
export const inOrder = { ...host, nowMs: () => 1_700_000_000_000 };

/** Two nodes of one chain, a hundred blocks old; faults strike only the second. */
export async function twins(faults = ""): Promise<Twins> {
  await using parts = new AsyncDisposableStack();
  const devnet = parts.use(await startDevnet({ manual: true }));
  devnet.step(100);
  const plan = new FaultPlan(parseFaults(faults));
  const faucet = () => Promise.resolve(new Response(null, { status: 404 }));
  const { chain } = devnet;
  const bad = parts.use(new RpcServer({ chain, plan, address: "127.0.0.1:0", faucet }));
  const running = parts.move();
  return {
    devnet,
    goodUrl: devnet.rpcUrl,
    badUrl: bad.url,
    fault: (ordered) => plan.order(parseFaults(ordered)),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

export interface NodeState {
  network: string;
  height: bigint;
  /** Undefined: closed. */
  nonce: bigint | undefined;
  plan: { readonly name: string; readonly height: bigint } | undefined;
}

/** A node of emissions v10 whose word can be changed; `methods` stand in for its own. */
export function nodeOf(
  over: Partial<NodeState> = {},
  methods: Methods = {},
): TestNode & { readonly state: NodeState } {
  const state: NodeState = {
    ...{ network: "allora-devnet-1", height: 70n, nonce: 60n, plan: undefined },
    ...over,
  };
  const answer = (value: Uint8Array) => ({
    response: {
      ...{ code: 0, codespace: "", log: "" },
      ...{ value: value.toBase64(), height: String(state.height) },
    },
  });
  const node = serve({
    status: () => status({ network: state.network, height: String(state.height) }),
    abci_query: ({ path }) => {
      const method = String(path).split("/").at(-1);
      if (path === "/emissions.v10.QueryService/GetParams") {
        return { response: recording("judge-v10", "q_get_params").abci_query_response };
      }
      if (method === "CurrentPlan") return answer(encode(UpgradePlanAnswer, { plan: state.plan }));
      if (method !== "GetWorkerSubmissionWindowStatus") return { response: UNKNOWN_PATH };
      const { nonce } = state;
      return answer(encode(
        WindowAnswer,
        nonce === undefined
          ? {}
          : { isOpen: true, currentNonce: nonce, windowStart: nonce, windowEnd: nonce + 10n },
      ));
    },
    ...methods,
  });
  return { ...node, state };
}

export function recordOf(url: string, over: Partial<EndpointRecord> = {}): EndpointRecord {
  return {
    ...{ url, answers: 10, failures: 0, streak: 0 },
    ...{ latencyMs: 30, lastError: null, lastErrorMs: null, height: null },
    ...over,
  };
}
