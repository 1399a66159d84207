import { realHost } from "../host/host.ts";
import type { FaultPlan } from "./faults.ts";
import { Happenings } from "./happenings.ts";
import {
  internalError,
  isObject,
  namedParams,
  type Params,
  RpcError,
  textParam,
} from "./rpc_call.ts";
import {
  type Answer,
  answer,
  dispatch,
  type Node,
  parseJson,
  strayError,
  struckName,
} from "./rpc_dispatch.ts";
import { SubscriptionQuery } from "./subscription_query.ts";

/** CometBFT's default (rpc.max_subscriptions_per_client). */
const MAX_SUBSCRIPTIONS = 5;
const MAX_QUERY_LENGTH = 512;

/** The node's /websocket: every call of the RPC, and subscriptions to what happens in blocks. */
export class Websockets implements AsyncDisposable {
  readonly #node: Node;
  readonly #plan: FaultPlan;
  readonly #open = new Map<WebSocket, Subscriptions>();
  readonly #stop: () => void;

  constructor(node: Node, plan: FaultPlan) {
    this.#node = node;
    this.#plan = plan;
    this.#stop = node.chain.onBlock((block) => {
      if (this.#open.size === 0) return;
      const happenings = new Happenings(node.chain, block);
      for (const [socket, subscriptions] of this.#open) {
        for (const message of subscriptions.messages(happenings)) send(socket, message);
      }
    });
  }

  upgrade(request: Request): Response {
    if (request.headers.get("upgrade")?.toLowerCase() !== "websocket") {
      return new Response("Bad Request\n", { status: 400 });
    }
    const { socket, response } = Deno.upgradeWebSocket(request);
    const subscriptions = new Subscriptions();
    this.#open.set(socket, subscriptions);
    socket.onclose = () => this.#open.delete(socket);
    socket.onmessage = async ({ data }) =>
      send(socket, await this.#answer(String(data), subscriptions));
    return response;
  }

  async #answer(text: string, subscriptions: Subscriptions): Promise<Answer> {
    try {
      const request = parseJson(text);
      if (!isObject(request)) throw new RpcError(-32600, "Invalid Request");
      const { id, method } = request;
      switch (method) {
        case "subscribe": {
          const isDeaf = this.#plan.take("subscribe").has("deaf");
          return await answer(id, () => subscriptions.add(id, queryOf(request), isDeaf));
        }
        case "unsubscribe":
          return await answer(id, () => subscriptions.remove(queryOf(request)));
        case "unsubscribe_all":
          return await answer(id, () => subscriptions.clear());
        default:
          return await dispatch(this.#node, request, this.#plan.take(struckName(request)));
      }
    } catch (thrown) {
      if (thrown instanceof RpcError) return strayError(thrown);
      throw thrown;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop();
    await Promise.all([...this.#open.keys()].map(closed));
  }
}

/** Those of one client. Their faults are RpcErrors in the node's words. */
class Subscriptions {
  readonly #byText = new Map<string, { readonly id: unknown; readonly query: SubscriptionQuery }>();

  /** `id` of the request that asks; every message carries it. A deaf one counts, and hears nothing. */
  add(id: unknown, text: string, isDeaf: boolean) {
    if (this.#byText.size >= MAX_SUBSCRIPTIONS) {
      throw internalError(`max_subscriptions_per_client ${MAX_SUBSCRIPTIONS} reached`);
    }
    if (text.length > MAX_QUERY_LENGTH) throw internalError("maximum query length exceeded");
    if (this.#byText.has(text)) throw internalError("already subscribed");
    const query = new SubscriptionQuery(text);
    this.#byText.set(text, { id, query: isDeaf ? NOTHING : query });
    return {};
  }

  remove(text: string) {
    if (!this.#byText.delete(text)) throw internalError("subscription not found");
    return {};
  }

  clear() {
    if (this.#byText.size === 0) throw internalError("subscription not found");
    this.#byText.clear();
    return {};
  }

  /** What the block has for each subscription. */
  *messages(happenings: Happenings): Iterable<Answer> {
    for (const { id, query } of this.#byText.values()) {
      for (const { events, data } of happenings.of(query.kind)) {
        if (!query.matches(events)) continue;
        const result = { query: query.text, data, events: Object.fromEntries(events) };
        yield { jsonrpc: "2.0", id, result };
      }
    }
  }
}

const NOTHING = new SubscriptionQuery("tm.event='nothing'");

function queryOf({ params }: Params): string {
  return textParam(namedParams(params, ["query"]), "query");
}

function send(socket: WebSocket, message: Answer): void {
  if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
}

/** Resolves when both sides have closed, or after a second of a silent client. */
async function closed(socket: WebSocket): Promise<void> {
  const done = new AbortController();
  socket.addEventListener("close", () => done.abort());
  socket.close(1001, "shutting down");
  await realHost.sleep(1000, done.signal).catch(() => {});
}
