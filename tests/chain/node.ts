import type { RpcClient } from "../../src/chain/rpc.ts";
import { realHost } from "../../src/host/host.ts";
import { type Folder, recording, recordings } from "./recordings.ts";

type Params = Readonly<Record<string, unknown>>;
/** Answers one JSON-RPC method: a result, or an error when it throws an RpcError. */
export type Methods = Readonly<Record<string, (params: Params) => unknown>>;

export class RpcError extends Error {
  constructor(readonly data: string, readonly code = -32603) {
    super("Internal error");
  }
}

export interface TestNode extends AsyncDisposable {
  readonly url: string;
  /** Every call in order: the method, and the path of a query. */
  readonly calls: string[];
}

/** A JSON-RPC node on a real socket. */
export function serve(methods: Methods): TestNode {
  const calls: string[] = [];
  return serveRaw(async (request) => {
    const { method, params } = await request.json();
    calls.push(params.path ?? method);
    try {
      const result = methods[method]?.(params);
      return Response.json({ jsonrpc: "2.0", id: 1, result });
    } catch (thrown) {
      if (!(thrown instanceof RpcError)) throw thrown;
      const { code, message, data } = thrown;
      return Response.json({ jsonrpc: "2.0", id: 1, error: { code, message, data } });
    }
  }, calls);
}

export function serveRaw(
  handler: (request: Request) => Response | Promise<Response>,
  calls: string[] = [],
): TestNode {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, handler);
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    calls,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

/** A block every five seconds, unless `timeMs` says another moment for this one. */
export function status(
  over: { network?: string; catching_up?: boolean; height?: string; timeMs?: number } = {},
) {
  const { network = "allora-devnet-1", catching_up = false, height = "70" } = over;
  const blocks = Math.min(Number(height) || 0, 1e7);
  const { timeMs = Date.UTC(2026, 10, 24) + blocks * 5000 } = over;
  return {
    node_info: { network },
    sync_info: {
      latest_block_height: height,
      latest_block_time: new Date(timeMs).toISOString(),
      catching_up,
    },
  };
}

export const UNKNOWN_PATH = {
  code: 6,
  codespace: "sdk",
  log: "unknown query path: unknown request",
  value: null,
  height: "0",
};

/**
 * The node that a folder was recorded from: it answers what was recorded, by path and request. Where
 * one question was recorded in several states, `prefer` names the recording to answer with.
 */
export function recordedNode(folder: Folder, prefer: readonly string[] = []): TestNode {
  const answers = new Map<string, unknown>();
  const inOrder = recordings(folder).toSorted(([a], [b]) =>
    Number(prefer.includes(a)) - Number(prefer.includes(b))
  );
  for (const [, { abci_path, request_hex, abci_query_response }] of inOrder) {
    if (abci_path !== undefined) answers.set(`${abci_path} ${request_hex}`, abci_query_response);
  }
  const rpc = (name: string) =>
    (recording(folder, name).jsonrpc_response as { result: unknown }).result;
  return serve({
    status: () => rpc("e_rpc_status"),
    abci_query: ({ path, data }) => ({ response: answers.get(`${path} ${data}`) ?? UNKNOWN_PATH }),
  });
}

export const host = realHost;
export const patience = { host, timeoutMs: 5_000 } satisfies ConstructorParameters<
  typeof RpcClient
>[1];
