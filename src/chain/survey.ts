import { messageOf, PipelineError } from "../errors.ts";
import { agreementOf, textOf, type WindowWord } from "./agreement.ts";
import type { ConnectOptions } from "./client.ts";
import { Endpoint, type EndpointRecord } from "./endpoint.ts";
import { Endpoints, type Said } from "./endpoints.ts";
import { detectGeneration } from "./generation.ts";
import { NodeClient } from "./node.ts";
import { Queries } from "./query.ts";
import { RpcClient, type Status } from "./rpc.ts";

/** How an endpoint would be used now: asked first, to confirm what the first says, when others fail. */
export type Use = "first" | "second" | "reserve" | "last" | "none";

/** What one endpoint says of a topic's window. */
export interface WindowOpinion {
  readonly topicId: bigint;
  readonly says: string;
  /** Undefined where it alone was asked; false for all where no two agree. */
  readonly agrees: boolean | undefined;
}

/** One endpoint, looked at. */
export interface Surveyed {
  /** Scheme, host and port. */
  readonly origin: string;
  /** Undefined when it did not answer. */
  readonly status: Status | undefined;
  /** Of its statuses, milliseconds. */
  readonly latenciesMs: readonly number[];
  /** Blocks behind the best endpoint that can be used; undefined when its height is not known. */
  readonly lag: bigint | undefined;
  /** Of the emissions module. */
  readonly generation: number | undefined;
  readonly windows: readonly WindowOpinion[];
  /** How it has served so far. */
  readonly record: EndpointRecord;
  readonly use: Use;
  /** Why it is not to be used, or only at last. */
  readonly why: PipelineError | undefined;
}

export interface SurveyOptions extends ConnectOptions {
  readonly topicIds: readonly bigint[];
  /** How often each is asked for its status. */
  readonly samples: number;
}

/** Nobody's address: a window is the same for all, only where an address stands in it is not. */
export const NOBODY = "allo1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqas6usy";
/** Nodes that are a block apart agree after this, or a few of it. */
const AGREE_PAUSE_MS = 500;
const ROUNDS = 4;

interface Look {
  readonly endpoint: Endpoint;
  readonly node: RpcClient;
  readonly status?: Status;
  readonly latenciesMs: readonly number[];
  readonly generation?: number;
  readonly why?: PipelineError;
}

/**
 * Looks at every endpoint, also at those that cannot be used, in the order of the settings. Throws
 * "config" for an address that is none, and the signal's reason; what is wrong with a node is told.
 */
export async function survey(options: SurveyOptions): Promise<readonly Surveyed[]> {
  const endpoints = new Endpoints(options);
  const met = await Promise.all(endpoints.all.map((endpoint) => meet(endpoint, options)));
  const looks = judged(endpoints, met, options);
  const opinions = await askWindows(looks, options);
  const whys = new Map(
    looks.map(({ endpoint, why }) => [endpoint, opinions.failed.get(endpoint) ?? why]),
  );
  const fit = endpoints.inOrder().filter((endpoint) => whys.get(endpoint) === undefined);
  const best = looks.filter(({ endpoint }) => fit.includes(endpoint))
    .reduce((height, { status }) => status && status.height > height ? status.height : height, 0n);
  return looks.map(({ endpoint, status, latenciesMs, generation }) => {
    const why = whys.get(endpoint) ?? lateWhy(endpoint);
    return {
      ...{ origin: endpoint.origin, status, latenciesMs, generation, record: endpoint.record, why },
      lag: status === undefined || best === 0n ? undefined : best - status.height,
      windows: opinions.of.get(endpoint) ?? [],
      use: useOf(fit.indexOf(endpoint), endpoint),
    };
  });
}

/** Its status, several times, and its generation, within as many deadlines. */
async function meet(endpoint: Endpoint, options: SurveyOptions): Promise<Look> {
  const { host, timeoutMs, signal, samples } = options;
  const node = new RpcClient(endpoint.record.url, { host, timeoutMs, signal });
  const latenciesMs: number[] = [];
  let status: Status | undefined;
  try {
    for (let sample = 0; sample < samples; sample++) {
      const startMs = host.nowMs();
      const answer = await node.status();
      latenciesMs.push(host.nowMs() - startMs);
      // The first: all endpoints have given it at about the same time.
      status ??= answer;
    }
    const generation = await detectGeneration(node.within(timeoutMs));
    return { endpoint, node, latenciesMs, generation, ...status && { status } };
  } catch (thrown) {
    signal?.throwIfAborted();
    if (!(thrown instanceof PipelineError)) throw thrown;
    return { endpoint, node, latenciesMs, why: thrown, ...status && { status } };
  }
}

/** The same with what is wrong with each, compared with the others, as a connection judges it. */
function judged(
  endpoints: Endpoints,
  looks: readonly Look[],
  { expectChainId }: SurveyOptions,
): readonly Look[] {
  for (const { endpoint, status, why } of looks) {
    const isOurs = expectChainId === undefined || status?.chainId === expectChainId;
    if (status !== undefined && why === undefined && isOurs) endpoint.saw(status);
  }
  return looks.map((look) => {
    const { endpoint, status, why } = look;
    if (why !== undefined || status === undefined) return look;
    try {
      endpoints.admit(endpoint, status);
      return look;
    } catch (thrown) {
      if (!(thrown instanceof PipelineError)) throw thrown;
      return { ...look, why: thrown };
    }
  });
}

interface Opinions {
  readonly of: ReadonlyMap<Endpoint, readonly WindowOpinion[]>;
  readonly failed: ReadonlyMap<Endpoint, PipelineError>;
}

/** What those that can be used say of the topics' windows. */
async function askWindows(looks: readonly Look[], options: SurveyOptions): Promise<Opinions> {
  const failed = new Map<Endpoint, PipelineError>();
  const of = new Map<Endpoint, WindowOpinion[]>();
  for (const topicId of options.topicIds) {
    const asked = looks.filter(({ endpoint, why }) => why === undefined && !failed.has(endpoint));
    const said = await untilAgreed(topicId, asked, failed, options);
    const agreement = agreementOf(said);
    for (const { endpoint, value } of said) {
      const agrees = said.length < 2
        ? undefined
        : agreement !== undefined && !agreement.odd.some((odd) => odd.endpoint === endpoint);
      const opinions = of.get(endpoint) ?? [];
      of.set(endpoint, [...opinions, { topicId, says: textOf(value), agrees }]);
    }
  }
  return { of, failed };
}

async function untilAgreed(
  topicId: bigint,
  looks: readonly Look[],
  failed: Map<Endpoint, PipelineError>,
  { host, signal }: SurveyOptions,
): Promise<readonly Said<WindowWord>[]> {
  for (let round = 1;; round++) {
    const answers = await Promise.all(looks.map((look) => windowWord(topicId, look, failed)));
    signal?.throwIfAborted();
    const said = answers.flat();
    const agreement = agreementOf(said);
    const isSettled = said.length < 2 || agreement?.odd.length === 0;
    if (isSettled || round === ROUNDS) return said;
    await host.sleep(AGREE_PAUSE_MS, signal);
  }
}

async function windowWord(
  topicId: bigint,
  { endpoint, node, generation = 0 }: Look,
  failed: Map<Endpoint, PipelineError>,
): Promise<readonly Said<WindowWord>[]> {
  try {
    const client = new NodeClient(new Queries(node, { generation }));
    return [{ endpoint, value: await client.window(topicId, NOBODY) }];
  } catch (thrown) {
    if (!(thrown instanceof PipelineError)) throw thrown;
    if (thrown.kind === "config") return [{ endpoint, value: thrown }];
    failed.set(endpoint, thrown);
    return [];
  }
}

/** An endpoint that answers now, but has failed so lately that the others are asked before it. */
function lateWhy(endpoint: Endpoint): PipelineError | undefined {
  if (!endpoint.isSuspect) return undefined;
  const { record: { streak, lastError }, origin } = endpoint;
  const often = streak === 1 ? "" : `${streak} times `;
  return new PipelineError(
    "unavailable",
    `Cannot use ${origin}: it failed ${often}lately: ${messageOf(lastError ?? "")}`,
  );
}

function useOf(place: number, endpoint: Endpoint): Use {
  if (place < 0) return "none";
  if (place === 0) return "first";
  if (endpoint.isSuspect) return "last";
  return place === 1 ? "second" : "reserve";
}
