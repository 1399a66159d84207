/** Recordings of what a chain tells by itself: a websocket's messages, and the events of an epoch. */
import { assertEquals } from "@std/assert";
import type { TopicSpec } from "../../src/devnet/chain.ts";
import type { Json } from "../devnet/node_calls.ts";
import { NodeSocket } from "../devnet/node_socket.ts";
import { at, list, number, type Recording, text } from "../recordings/recording.ts";
import { stateOf } from "../recordings/state_of.ts";
import { withAccountNumber } from "./replay_account.ts";
import { comparable, eventShapes } from "./replay_masks.ts";
import { broadcast, devnetOf } from "./replay_node.ts";
import { isUntold } from "./replay_untold.ts";

/**
 * Subscribes as recorded and makes happen what did: an empty block, the recorded transaction, the next
 * window. The first message of each subscription is the recorded one.
 */
export async function replayWebsocket(recording: Recording): Promise<void> {
  const messages = list(recording, "messages").map((each) => at(each, "message"));
  const isEvent = (message: unknown) => at(message, "result", "data") !== undefined;
  const sent = messages.find((each) => text(each, "result", "data", "type").endsWith("/Tx"));
  const included = at(sent, "result", "data", "value", "TxResult");
  const { height, index, tx, result } = included as Record<string, Json>;
  // The transaction was the worker's first in its window; the devnet takes its block's place.
  const bytes = Uint8Array.fromBase64(tx);
  const request = { tx_base64: tx };
  const told = withAccountNumber({ chain: at(recording, "chain"), request }, bytes);
  const state = stateOf({ ...told, tx: { result: { height, index, tx_result: result } } });
  const before = { ...state, startHeight: state.startHeight - 1, startMs: state.startMs - 5000 };
  await using devnet = await devnetOf(recording, {
    ...before,
    topics: state.topics.map(closedBefore),
  });
  await using socket = await NodeSocket.open(devnet.rpcUrl);

  const answers = messages.filter((each) => !isEvent(each));
  for (const { id, query } of list(recording, "subscriptions") as Json[]) {
    socket.send(JSON.stringify({ jsonrpc: "2.0", id, method: "subscribe", params: { query } }));
    assertEquals(await socket.next(), answers.find((each) => at(each, "id") === id));
  }
  devnet.step(); // opens the window, like the last of the recorded messages' blocks
  await broadcast(devnet, bytes);
  devnet.step(2); // the transaction's block, and an empty one
  const heard = await messagesUntilNow(socket);
  for (const message of messages.filter(isEvent)) assertHeard(heard, message);
  await assertUnsubscribed(recording, answers, socket);
}

function closedBefore({ openNonce, ...topic }: TopicSpec): TopicSpec {
  return openNonce === undefined
    ? topic
    : { ...topic, epochLastEnded: openNonce - topic.epochLength };
}

async function messagesUntilNow(socket: NodeSocket): Promise<readonly unknown[]> {
  socket.send(JSON.stringify({ jsonrpc: "2.0", id: "now", method: "health" }));
  const heard: unknown[] = [];
  for (;;) {
    const message = await socket.next();
    if (message.id === "now") return heard;
    heard.push(message);
  }
}

/**
 * One of the messages that were heard is this one. Where topics open their windows it is enough to have
 * the same events: how many topics the chain had, no file tells.
 */
function assertHeard(heard: readonly unknown[], recorded: unknown): void {
  const sameId = heard.filter((each) => at(each, "id") === at(recorded, "id"));
  const forms = (message: unknown) => {
    const { result, ...envelope } = message as Json;
    const { value, type } = result.data;
    const events = value.events ?? [];
    const isWindow = eventShapes(events).some((shape) => shape.includes("WindowOpened"));
    return isWindow
      ? { ...envelope, query: result.query, type, names: Object.keys(result.events).sort() }
      : comparable(message);
  };
  const expected = forms(recorded);
  const match = sameId.find((each) =>
    JSON.stringify(sorted(forms(each))) === JSON.stringify(sorted(expected))
  );
  if (match === undefined) assertEquals(forms(sameId.at(-1)), expected);
}

/** With the names of every object in order: a Go map has none. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, sorted(inner)] as const)
      .toSorted(([a], [b]) => a < b ? -1 : 1),
  );
}

/** The acknowledgements after the last subscription: of one, then of all. */
async function assertUnsubscribed(
  recording: Recording,
  answers: readonly unknown[],
  socket: NodeSocket,
): Promise<void> {
  const subscriptions = list(recording, "subscriptions");
  const asked = new Set(subscriptions.map((each) => at(each, "id")));
  const params = { query: text(subscriptions[0], "query") };
  const ways = [{ method: "unsubscribe", params }, { method: "unsubscribe_all", params: {} }];
  for (const answer of answers.filter((each) => !asked.has(at(each, "id")))) {
    socket.send(JSON.stringify({ jsonrpc: "2.0", id: at(answer, "id"), ...ways.shift() }));
    assertEquals(await socket.next(), answer);
  }
}

/**
 * The emissions events of an epoch, from its window to its rewards. Those that follow from the workers'
 * inferences are equal; of the others those that the devnet has carry the recorded names.
 */
export async function replayEpoch(recording: Recording): Promise<void> {
  const events = list(recording, "events");
  const nonce = number(recording, "nonce");
  const last = Math.max(...events.map((event) => number(event, "height")));
  await using devnet = await devnetOf(recording, {
    startHeight: nonce,
    topics: topicsOf(events, nonce),
  });
  devnet.step(last - nonce);
  const heights = Array.from({ length: last - nonce }, (_, i) => nonce + 1 + i);
  const ours = heights.flatMap((height) =>
    devnet.chain.block(height)!.events
      .filter(({ type }) => type.startsWith("emissions."))
      .map(({ type, attributes }) => {
        const entries = attributes.map(({ key, value }) => [key, value] as const);
        return { height, type, attributes: Object.fromEntries(entries) };
      })
  );
  const told = events.filter((each) => !isUntold(each) && number(each, "height") > nonce);
  assertEquals(comparable(ours.filter((each) => !isUntold(each))), comparable(told));
  const shape = (event: unknown) =>
    `${text(event, "type")}(${Object.keys(at(event, "attributes") as object).join(", ")})`;
  const theirs = new Set(events.map(shape));
  const unknown = ours.filter(isUntold).map(shape).filter((each) => !theirs.has(each));
  assertEquals([...new Set(unknown)], []);
}

/** The topics whose windows open in the epoch, with the workers that were in the active set. */
function topicsOf(events: readonly unknown[], nonce: number): TopicSpec[] {
  const about = (kind: string) => events.filter((each) => text(each, "type").endsWith(kind));
  const value = (event: unknown, name: string) => JSON.parse(text(event, "attributes", name));
  const opened = about(".EventWorkerSubmissionWindowOpened");
  const nonces = [...new Set(opened.map((each) => number(each, "height")))].sort((a, b) => a - b);
  const epochLength = nonces[1]! - nonces[0]!;
  return opened.filter((each) => number(each, "height") === nonce).map((each) => {
    const id = Number(value(each, "topic_id"));
    const workers: string[] = about(".EventActiveInferersSet")
      .filter((set) => Number(value(set, "topic_id")) === id)
      .filter((set) => Number(value(set, "nonce_block_height")) === nonce)
      .flatMap((set) => value(set, "addresses"));
    return {
      ...{ id, metadata: `topic ${id}`, lossMethod: "mse", arity: "single", epochLength },
      submissionWindow: Number(value(each, "window_end_block")) - nonce,
      groundTruthLag: epochLength,
      openNonce: nonce,
      inferences: workers.map((worker, i) => ({ nonce, worker, value: String(i + 1) })),
      target: { kind: "price", pair: "BTC/USD", horizonMs: 60_000 },
    };
  });
}
