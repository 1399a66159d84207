import type { ChainClient, Window } from "../../chain/client.ts";
import { connect } from "../../chain/client.ts";
import { NOBODY, survey, type Surveyed } from "../../chain/survey.ts";
import { keptModel } from "../../cycle/model_files.ts";
import { readPromotion } from "../../cycle/artifact_store.ts";
import { type Epoch, epochsOf } from "../../cycle/history.ts";
import { type Totals, totalsOf } from "../../cycle/history_totals.ts";
import { nameOfOwn, ownModelOf } from "../../cycle/own_model.ts";
import { messageOf, PipelineError } from "../../errors.ts";
import { pausedSinceMs } from "../../health/checks/pause.ts";
import type { Host } from "../../host/host.ts";
import type { OpenAlert } from "../../ledger/alerts.ts";
import type { LedgerReader } from "../../ledger/read.ts";
import type { RunRecord, TopicVisits } from "../../ledger/runs.ts";
import { runwayDays } from "../../ledger/spending.ts";
import type { BrokenTopic, Settings, TopicSettings } from "../../settings.ts";
import { PAUSE_FILE } from "../health/context.ts";
import { addressOf } from "../wallet/address.ts";
import { type WindowView, windowView } from "./window_view.ts";

/** Everything on the screen; undefined is what is not known. */
export interface Overview {
  readonly chainId: string;
  readonly nowMs: number;
  readonly worker: string | undefined;
  readonly balanceUallo: bigint | undefined;
  /** Undefined too where nothing was spent yet, or somebody else pays. */
  readonly runwayDays: number | undefined;
  readonly pausedSinceMs: number | undefined;
  readonly head: { readonly height: bigint; readonly timeMs: number } | undefined;
  readonly topics: readonly TopicView[];
  readonly broken: readonly BrokenTopic[];
  readonly endpoints: readonly Surveyed[];
  readonly runs: readonly RunRecord[];
  readonly alerts: readonly OpenAlert[] | undefined;
  /** Why something is not known. */
  readonly notes: readonly string[];
}

export interface TopicView {
  readonly topic: TopicSettings;
  readonly window: WindowView;
  readonly model: ModelView;
  /** The newest, oldest first. */
  readonly epochs: readonly Epoch[];
  readonly totals: Totals;
  readonly visits: TopicVisits | undefined;
}

export interface ModelView {
  /** Undefined: there is none. */
  readonly name: string | undefined;
  /** Since the end of what it learned from; undefined for a person's own. */
  readonly ageMs: number | undefined;
}

export interface Looking {
  readonly settings: Settings;
  readonly topics: readonly TopicSettings[];
  readonly host: Host;
  readonly ledger: LedgerReader | undefined;
  /** How many epochs of each topic. */
  readonly last: number;
  readonly signal: AbortSignal;
}

/** Longest wait for the chain: a screen is looked at by somebody who waits for it. */
const PATIENCE_MS = 5000;

/** From the ledger, which works offline, and from the chain as far as it answers in time. */
export async function gather(looking: Looking): Promise<Overview> {
  const { settings, topics, host, ledger, last } = looking;
  const notes: string[] = [];
  const worker = await workerAddress(looking, notes);
  const [live, endpoints] = await Promise.all([
    askChain(looking, worker, notes),
    survey({ ...endpointsOf(looking, PATIENCE_MS / 2), topicIds: [], samples: 1 }),
  ]);
  if (ledger === undefined) notes.push("no ledger yet: nothing has run here");
  const nowMs = host.nowMs();
  const visits = ledger?.topicVisits() ?? [];
  const topicView = async (topic: TopicSettings): Promise<TopicView> => {
    const { topicId } = topic;
    const epochs = ledger === undefined ? [] : epochsOf({ ledger, settings }, { topicId, last });
    const window = live?.windows.get(topicId);
    const seen = ledger?.lastWindow(topicId);
    return {
      ...{ topic, epochs, totals: totalsOf(epochs).all },
      window: windowView({ seen, window, height: live?.head?.height, nowMs }),
      model: await modelView(settings, topic, live?.head?.timeMs ?? nowMs, notes),
      visits: visits.find((each) => each.topicId === topicId),
    };
  };
  const balanceUallo = live?.balanceUallo;
  return {
    ...{ chainId: settings.chainId, nowMs, worker, balanceUallo, endpoints },
    runwayDays: balanceUallo === undefined || settings.feeGranter !== undefined
      ? undefined
      : ledger && runwayDays(ledger, balanceUallo, nowMs),
    pausedSinceMs: pausedSinceMs(PAUSE_FILE),
    head: live?.head,
    topics: await Promise.all(topics.map(topicView)),
    broken: settings.broken,
    runs: ledger?.runs() ?? [],
    alerts: ledger?.openAlerts(),
    notes,
  };
}

/** The wallet's address; of the ledger where the mnemonic is not ours to read. */
async function workerAddress(
  { settings, ledger }: Looking,
  notes: string[],
): Promise<string | undefined> {
  try {
    return await addressOf(settings);
  } catch (thrown) {
    if (!(thrown instanceof PipelineError)) throw thrown;
    const past = ledger?.workers()[0];
    // Who may look at the ledger need not be who may sign.
    if (past === undefined || thrown.kind !== "denied") notes.push(thrown.message);
    return past;
  }
}

interface Live {
  readonly head: { readonly height: bigint; readonly timeMs: number } | undefined;
  readonly balanceUallo: bigint | undefined;
  readonly windows: ReadonlyMap<bigint, Window>;
}

function endpointsOf({ settings, host, ledger, signal }: Looking, mostMs: number) {
  const { rpc: urls, chainId: expectChainId, rpcTimeoutMs } = settings;
  const timeoutMs = Math.min(rpcTimeoutMs, mostMs);
  return { urls, expectChainId, timeoutMs, host, signal, known: ledger?.endpoints() ?? [] };
}

/** What the chain says within the time; what it does not say is noted. */
async function askChain(
  looking: Looking,
  worker: string | undefined,
  notes: string[],
): Promise<Live | undefined> {
  const signal = AbortSignal.any([looking.signal, AbortSignal.timeout(PATIENCE_MS)]);
  const answer = async <T>(question: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await question();
    } catch (thrown) {
      looking.signal.throwIfAborted();
      const what = signal.aborted
        ? `no answer of ${looking.settings.chainId} within ${PATIENCE_MS / 1000} s`
        : messageOf(thrown);
      if (!signal.aborted && !(thrown instanceof PipelineError)) throw thrown;
      if (!notes.includes(what)) notes.push(what);
      return undefined;
    }
  };
  const chain: ChainClient | undefined = await answer(() =>
    connect({ ...endpointsOf(looking, PATIENCE_MS), signal })
  );
  if (chain === undefined) return undefined;
  const windows = new Map<bigint, Window>();
  const [head, balanceUallo] = await Promise.all([
    answer(() => chain.head()),
    worker === undefined ? undefined : answer(() => chain.balanceUallo(worker)),
    ...looking.topics.map(async ({ topicId }) => {
      const window = await answer(() => chain.window(topicId, worker ?? NOBODY));
      if (window !== undefined) windows.set(topicId, window);
    }),
  ]);
  return { head, balanceUallo, windows };
}

async function modelView(
  { stateDir }: Settings,
  topic: TopicSettings,
  marketNowMs: number,
  notes: string[],
): Promise<ModelView> {
  const own = ownModelOf(topic);
  if (own !== undefined) return { name: nameOfOwn(own), ageMs: undefined };
  try {
    const promotion = await readPromotion(stateDir, topic.topicId);
    const kept = await keptModel(stateDir, topic.topicId, promotion?.id);
    if (kept === undefined) return { name: undefined, ageMs: undefined };
    const { spec, trainedToMs } = kept.artifact;
    return { name: spec.learner, ageMs: marketNowMs - trainedToMs };
  } catch (thrown) {
    if (!(thrown instanceof PipelineError)) throw thrown;
    notes.push(thrown.message);
    return { name: undefined, ageMs: undefined };
  }
}
