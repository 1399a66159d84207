import { PipelineError } from "../errors.ts";
import type { Queries } from "./query.ts";
import { type RpcClient, RpcFault } from "./rpc.ts";
import { type Json, Shape } from "./shape.ts";

/** An event of the emissions module, whatever its generation. */
export interface EmissionsEvent {
  /** "ScoresSet" for emissions.v10.EventScoresSet. */
  readonly name: string;
  /** The value of an attribute, which the module writes as JSON. */
  at(key: string): Shape;
}

/** What CometBFT 0.38 says of a block that it has dropped, or whose results it did not keep. */
const GONE = /is not available, lowest height|could not find results|not persisting/;
/** From a node, or a proxy before it, that does not index blocks. */
const NO_INDEX = /indexing is disabled|method not found/i;
/** The most that CometBFT gives at once. */
const PER_PAGE = 100;

/** The emissions events with which a block ended; undefined when the node does not have them any more. */
export async function blockEvents(
  rpc: RpcClient,
  height: bigint,
): Promise<readonly EmissionsEvent[] | undefined> {
  const answer = await unless(GONE, () => rpc.ask("block_results", { height: String(height) }));
  if (answer === undefined) return undefined;
  const found = answer.at("height").integer();
  if (found !== height) throw unusable(rpc, `asked for block ${height} it gives ${found}`);
  return (answer.maybe("finalize_block_events")?.items() ?? []).flatMap((event) => {
    const [, name] = /^emissions\.v\d+\.Event(\w+)$/.exec(event.at("type").text()) ?? [];
    return name === undefined ? [] : emissionsEvent(rpc, name, event.at("attributes").items());
  });
}

/** Heights of the blocks that the node's index has for the query, lowest first; the first 100. */
export async function searchBlocks(rpc: RpcClient, query: string): Promise<readonly bigint[]> {
  const params = { query, page: "1", per_page: String(PER_PAGE), order_by: "asc" };
  const answer = await unless(NO_INDEX, () => rpc.ask("block_search", params));
  return (answer?.maybe("blocks")?.items() ?? [])
    .map((each) => each.at("block").at("header").at("height").integer());
}

/** As ChainClient says. */
export async function windowsOpened(
  { rpc, generation }: Queries,
  topicId: bigint,
  after: bigint,
  before: bigint,
): Promise<readonly bigint[]> {
  const type = `emissions.v${generation}.EventWorkerSubmissionWindowOpened`;
  const query = `${type}.topic_id='"${topicId}"' AND block.height > ${after} ` +
    `AND block.height < ${before}`;
  const heights = await searchBlocks(rpc, query);
  return heights.filter((height) => after < height && height < before);
}

/** As ChainClient says. */
export async function opensWindow(
  { rpc }: Queries,
  topicId: bigint,
  height: bigint,
): Promise<boolean | undefined> {
  const events = await blockEvents(rpc, height);
  return events?.some((event) =>
    event.name === "WorkerSubmissionWindowOpened" && event.at("topic_id").integer() === topicId
  );
}

function emissionsEvent(
  rpc: RpcClient,
  name: string,
  attributes: readonly Shape[],
): EmissionsEvent {
  return {
    name,
    at(key) {
      const path = `${name}.${key}`;
      const fail = (what: string) => unusable(rpc, what);
      const text = attributes.find((each) => each.at("key").text() === key)?.at("value").text();
      return new Shape(text === undefined ? undefined : parse(text), fail, path);
    },
  };
}

/** Of text that is no JSON, the text: the reader says what it should have been. */
function parse(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

async function unless(known: RegExp, ask: () => Promise<Shape>): Promise<Shape | undefined> {
  try {
    return await ask();
  } catch (thrown) {
    if (thrown instanceof RpcFault && known.test(thrown.reason)) return undefined;
    throw thrown;
  }
}

function unusable(rpc: RpcClient, what: string): PipelineError {
  return new PipelineError("unavailable", `Cannot use ${rpc.endpoint}: ${what}`);
}
