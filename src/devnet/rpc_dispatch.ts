import { messageOf } from "../errors.ts";
import type { FaultName } from "./faults.ts";
import {
  type Call,
  internalError,
  isObject,
  namedParams,
  type Params,
  RpcError,
} from "./rpc_call.ts";
import { METHODS } from "./rpc_methods.ts";

type Struck = ReadonlyMap<FaultName, number>;

/** What is the same for every call to one node. */
export type Node = Omit<Call, "params" | "faults">;

/** An answer of JSON-RPC, with `result` or `error`. */
export type Answer = Readonly<Record<string, unknown>>;

/** Answers a JSON-RPC request of a body or a websocket; `params` are checked here. */
export function dispatch(node: Node, request: Params, struck: Struck): Promise<Answer> {
  const { id, method, params } = request;
  return answer(id, () => {
    const known = typeof method === "string" ? METHODS.get(method) : undefined;
    if (known === undefined) throw new RpcError(-32601, "Method not found");
    return known.answer({ ...node, params: namedParams(params, known.params), faults: struck });
  });
}

/** The result, or the error that came instead; a defect is an internal error, as it is to CometBFT. */
export async function answer(id: unknown, result: () => unknown): Promise<Answer> {
  try {
    return { jsonrpc: "2.0", id, result: await result() };
  } catch (thrown) {
    const error = thrown instanceof RpcError ? thrown : internalError(messageOf(thrown));
    return { jsonrpc: "2.0", id, error: errorJson(error) };
  }
}

/** An error that answers no call in particular, so that it has no id. */
export function strayError(error: RpcError): Answer {
  return { jsonrpc: "2.0", error: errorJson(error) };
}

function errorJson({ code, message, data }: RpcError) {
  return { code, message, ...(data !== undefined && { data }) };
}

/** Throws RpcError when the text is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (thrown) {
    const data = `error unmarshalling request: ${messageOf(thrown)}`;
    throw new RpcError(-32700, "Parse error. Invalid JSON", data);
  }
}

/** A call as faults know it: a query by its path. */
export function struckName({ method, params }: Params): string {
  const path = method === "abci_query" && isObject(params) ? params["path"] : undefined;
  return typeof path === "string" && path.startsWith("/") ? path : String(method);
}
