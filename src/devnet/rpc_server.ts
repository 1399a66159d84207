import type { DevnetChain } from "./chain.ts";
import type { FaultPlan } from "./faults.ts";
import { type Loopback, serveLoopback } from "../host/loopback.ts";
import { isObject, RpcError, uriParams } from "./rpc_call.ts";
import { answer, dispatch, type Node, parseJson, strayError, struckName } from "./rpc_dispatch.ts";
import { METHODS } from "./rpc_methods.ts";
import { StruckAnswers } from "./struck_answer.ts";
import { Websockets } from "./websocket.ts";

/** CometBFT's default (rpc.max_body_bytes). */
const MAX_BODY_BYTES = 1_000_000;

export interface RpcServerOptions {
  readonly chain: DevnetChain;
  /** "127.0.0.1:26657"; loopback only. */
  readonly address: string;
  readonly plan: FaultPlan;
  /** Answers POST /api/request. */
  readonly faucet: (request: Request) => Promise<Response>;
}

/** The node's RPC: JSON-RPC by POST, by GET and over /websocket, and the faucet beside it. */
export class RpcServer implements AsyncDisposable {
  readonly #server: Loopback;
  readonly #node: Node;
  readonly #plan: FaultPlan;
  readonly #closing = new AbortController();
  readonly #answers = new StruckAnswers(this.#closing.signal);
  readonly #websockets: Websockets;

  /** Throws "config" when it cannot listen there. */
  constructor({ chain, address, plan, faucet }: RpcServerOptions) {
    this.#server = serveLoopback(address, (request) => {
      const { pathname, searchParams } = new URL(request.url);
      if (pathname === "/websocket") return this.#websockets.upgrade(request);
      if (request.method !== "POST") return this.#get(pathname.slice(1), searchParams);
      return pathname === "/api/request" ? faucet(request) : this.#post(request);
    });
    this.#plan = plan;
    this.#node = { chain, listen: this.#server.address, closing: this.#closing.signal };
    this.#websockets = new Websockets(this.#node, plan);
  }

  get url(): string {
    return this.#server.url;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    await this.#websockets[Symbol.asyncDispose]();
    await this.#server[Symbol.asyncDispose]();
  }

  async #get(name: string, query: URLSearchParams): Promise<Response> {
    const method = METHODS.get(name);
    if (method === undefined) return new Response("404 page not found\n", { status: 404 });
    const faults = this.#plan.take(struckName({ method: name, params: pathOf(query) }));
    return await this.#answers.answer(faults, async () => {
      const said = await answer(
        -1,
        () => method.answer({ ...this.#node, params: uriParams(query), faults }),
      );
      return Response.json(said, { status: "error" in said ? 500 : 200 });
    });
  }

  async #post(request: Request): Promise<Response> {
    const body = await request.text();
    if (body.length > MAX_BODY_BYTES) {
      const reason = "error reading request body: http: request body too large";
      const error = new RpcError(-32600, "Invalid Request", reason);
      return Response.json(strayError(error), { status: 400 });
    }
    try {
      return await this.#answerAll(parseJson(body));
    } catch (thrown) {
      if (!(thrown instanceof RpcError)) throw thrown;
      return Response.json(strayError(thrown), { status: 500 });
    }
  }

  /** A request, or a batch of them; those without an id are notifications, which get no answer. */
  async #answerAll(body: unknown): Promise<Response> {
    const requests = (Array.isArray(body) ? body : [body]).filter(isObject);
    const faults = new Map(requests.flatMap((each) => [...this.#plan.take(struckName(each))]));
    return await this.#answers.answer(faults, async () => {
      const answers = [];
      for (const each of requests.filter(({ id }) => id !== undefined)) {
        answers.push(await dispatch(this.#node, each, faults));
      }
      if (answers.length === 0) return new Response(null);
      return Response.json(Array.isArray(body) ? answers : answers[0]);
    });
  }
}

/** The path of a query asked for by GET, where it stands in quotes. */
function pathOf(query: URLSearchParams) {
  return { path: query.get("path")?.replaceAll('"', "") };
}
