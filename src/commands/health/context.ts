import { type ChainClient, connect } from "../../chain/client.ts";
import { type Probe, probe } from "../../chain/probe.ts";
import { readPromotion } from "../../cycle/artifact_store.ts";
import { resolvedSubmissions } from "../../cycle/live_error.ts";
import { keptModel } from "../../cycle/model_files.ts";
import { nameOfOwn, ownModelOf } from "../../cycle/own_model.ts";
import { driftSince } from "../../cycle/retrain_reasons.ts";
import { venuesOf } from "../../cycle/topic_candles.ts";
import { PipelineError } from "../../errors.ts";
import type { HealthContext, ModelFacts } from "../../health/context.ts";
import type { Host } from "../../host/host.ts";
import { statePaths } from "../../host/paths.ts";
import { type LedgerReader, readLedger } from "../../ledger/read.ts";
import { rotatedIn } from "../../logs/rotated.ts";
import type { Settings, TopicSettings } from "../../settings.ts";
import { unitsOf } from "../doctor/unit_files.ts";

/** While this file is there, no unit starts (ConditionPathExists=). */
export const PAUSE_FILE = "/etc/allora-pipeline/paused";

/** Longest wait for one answer, milliseconds: two in a row must fit into the time of a check. */
const ANSWER_MS = 8000;

export interface ContextOptions {
  readonly settings: Settings;
  readonly host: Host;
  readonly signal: AbortSignal;
  readonly pauseFile?: string;
  /** Of the file system: another one in a test. */
  readonly root?: string;
}

/** What the checks look at, each part had when it is first asked for. */
export function openContext(options: ContextOptions): HealthContext & Disposable {
  const { host, signal, pauseFile = PAUSE_FILE, root = "/" } = options;
  const rpcTimeoutMs = Math.min(options.settings.rpcTimeoutMs, ANSWER_MS);
  const settings = { ...options.settings, rpcTimeoutMs };
  let reader: LedgerReader | undefined;
  const ledger = () =>
    reader ??= readLedger(statePaths(settings.stateDir).ledger, { nowMs: () => host.nowMs() });
  const chain = once(() => connectTo(settings, host, signal));
  const probes = once((): Promise<readonly Probe[]> =>
    Promise.all(
      settings.rpc.map((url) => probeTwice(url, { host, timeoutMs: rpcTimeoutMs, signal })),
    )
  );
  return {
    ...{ settings, host, signal, pauseFile, root, ledger, chain, probes },
    worker: () => ledger().workers()[0] ?? noWorker(),
    marketNowMs: once(async () => {
      const times = (await probes()).flatMap(({ status }) =>
        status?.chainId === settings.chainId ? status.timeMs : []
      );
      return times.length > 0 ? Math.max(...times) : host.nowMs();
    }),
    venues: (topic) => venuesOf({ host, settings }, topic),
    logSegments: () => rotatedIn(settings.logDir).filter(({ form }) => form === "segment"),
    isDaemonEnabled: () => {
      const { daemon, submitTimers } = unitsOf(root).enabled;
      return daemon && submitTimers.length === 0;
    },
    model: (topic, nowMs) => modelFacts(settings, ledger, topic, nowMs),
    [Symbol.dispose]: () => reader?.[Symbol.dispose](),
  };
}

/** The time of each try to ask an endpoint, and the pause between them, milliseconds. */
const [FIRST_MS, PAUSE_MS, SECOND_MS] = [3000, 500, 6000];

/** One failed request condemns no endpoint: it is asked once more. */
async function probeTwice(
  url: string,
  options: { readonly host: Host; readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<Probe> {
  const { host, signal, timeoutMs } = options;
  const first = await probe(url, { ...options, timeoutMs: Math.min(timeoutMs, FIRST_MS) });
  if (first.status !== undefined) return first;
  await host.sleep(PAUSE_MS, signal);
  return await probe(url, { ...options, timeoutMs: Math.min(timeoutMs, SECOND_MS) });
}

function connectTo(settings: Settings, host: Host, signal: AbortSignal): Promise<ChainClient> {
  const { rpc: urls, chainId: expectChainId, rpcTimeoutMs: timeoutMs } = settings;
  return connect({ urls, expectChainId, timeoutMs, host, signal });
}

function noWorker(): never {
  throw new PipelineError("config", "Cannot tell the worker: the ledger knows no wallet yet", {
    hint: "run allora-pipeline submit: it derives the address from the mnemonic",
  });
}

async function modelFacts(
  { stateDir }: Settings,
  ledger: () => LedgerReader,
  topic: TopicSettings,
  nowMs: number,
): Promise<ModelFacts | undefined> {
  const { topicId } = topic;
  const own = ownModelOf(topic);
  if (own !== undefined) {
    return { topicId, model: nameOfOwn(own), ageMs: undefined, driftMs: () => undefined };
  }
  const promoted = await keptModel(
    stateDir,
    topicId,
    (await readPromotion(stateDir, topicId))?.id,
  );
  if (promoted === undefined) return undefined;
  const { id, spec, trainedToMs } = promoted.artifact;
  return {
    ...{ topicId, model: `${spec.learner} ${id}`, ageMs: nowMs - trainedToMs },
    driftMs: () => driftSince(resolvedSubmissions(ledger(), topicId), topic, trainedToMs),
  };
}

function once<T>(work: () => Promise<T>): () => Promise<T> {
  let done: Promise<T> | undefined;
  return () => {
    done ??= work();
    // Whoever waits hears of it; one that was not waited for in time must not end the process.
    done.catch(() => {});
    return done;
  };
}
