import type { Submission } from "../ledger/submission.ts";
import { driftFrom, FALSE_ALARMS_PERCENT } from "../model/drift.ts";
import { candlesTold } from "../model/lineage.ts";
import type { TopicSettings } from "../settings.ts";
import { specOf } from "./artifact_store.ts";
import { candlesName } from "./topic_candles.ts";
import { resolvedSubmissions } from "./live_error.ts";
import { type Kept, keptModels } from "./model_files.ts";
import type { Run } from "./run.ts";
import { forecastOf } from "./truth.ts";

/** Why a model is due for retraining. */
export interface RetrainReason {
  readonly trigger: "learner" | "age" | "drift" | "history";
  readonly words: string;
}

const DAY_MS = 86_400_000;
const dayOf = (ms: number) => new Date(ms).toISOString().slice(0, 10);

/** Hashes of candles in the store by what they are of: topics of one pair share them for one visit. */
export type CandleHashes = Map<string, string | undefined>;

/**
 * What speaks for training the promoted model again at `nowMs` (the market's): settings that ask for another
 * learner which has not been tried, its age, errors that have risen since it was trained, and candles that
 * are not any more what it was trained with.
 */
export async function reasonsToRetrain(
  run: Run,
  topic: TopicSettings,
  promoted: Kept,
  nowMs: number,
  hashes: CandleHashes,
): Promise<readonly RetrainReason[]> {
  const reasons: RetrainReason[] = [];
  const { trainedToMs, spec } = promoted.artifact;
  const { learner } = specOf(topic);
  if (spec.learner !== learner && !await isTried(run, topic, trainedToMs)) {
    const words = `ALLORA_MODEL asks for ${learner}, and it is of ${spec.learner}`;
    reasons.push({ trigger: "learner", words });
  }
  const ageMs = nowMs - trainedToMs;
  if (ageMs > topic.modelMaxAgeMs) {
    const words = `it is ${Math.floor(ageMs / DAY_MS)} days old`;
    reasons.push({ trigger: "age", words });
  }
  const driftMs = driftSince(resolvedSubmissions(run.ledger, topic.topicId), topic, trainedToMs);
  if (driftMs !== undefined) {
    const words = `its errors have risen since the epoch of ${dayOf(driftMs)} (by chance so of ` +
      `${FALSE_ALARMS_PERCENT} models in 100 at most within a month)`;
    reasons.push({ trigger: "drift", words });
  }
  if (isHistoryChanged(run, topic, promoted, hashes)) {
    const words = "the candles it was trained with have been corrected since";
    reasons.push({ trigger: "history", words });
  }
  return reasons;
}

/** Whether a model of the learner that the settings ask for has stood against the promoted one. */
async function isTried(
  { settings: { stateDir } }: Run,
  topic: TopicSettings,
  trainedToMs: number,
): Promise<boolean> {
  const { kept } = await keptModels(stateDir, topic.topicId);
  const { learner } = specOf(topic);
  return kept.some(({ artifact }) =>
    artifact.spec.learner === learner && artifact.trainedToMs >= trainedToMs
  );
}

/**
 * Since which epoch, not before `sinceMs`, the errors are higher than they were, epoch milliseconds. Of
 * forecasts that overlap only one per horizon counts: of returns its error less that of the zero forecast,
 * in units of what the market's volatility let expect, so that a market grown wild is no drift.
 */
export function driftSince(
  resolved: readonly Submission[],
  topic: TopicSettings,
  sinceMs: number,
): number | undefined {
  const apart: { readonly baseMs: number; readonly loss: number }[] = [];
  for (const row of resolved) {
    const baseMs = row.baseMs ?? -Infinity;
    const loss = scaledLoss(row, topic.target);
    const lastMs = apart.at(-1)?.baseMs ?? -Infinity;
    if (Number.isFinite(loss) && baseMs >= lastMs + topic.horizonMs) apart.push({ baseMs, loss });
  }
  const trained = apart.findIndex(({ baseMs }) => baseMs >= sinceMs);
  if (trained < 0) return undefined;
  const from = driftFrom(apart.map(({ loss }) => loss), trained);
  return from === undefined ? undefined : apart[from]!.baseMs;
}

function scaledLoss(row: Submission, target: TopicSettings["target"]): number {
  const { loss, lossZero, sigma, basePrice, realised } = row;
  const more = (loss ?? NaN) - (lossZero ?? NaN);
  switch (target) {
    case "log-return":
      return more / (sigma ?? NaN) ** 2;
    case "price":
      return more / ((sigma ?? NaN) * (basePrice ?? NaN)) ** 2;
    case "volatility":
      return Math.log(forecastOf(row) / (realised ?? NaN)) ** 2;
    case "labels":
      return loss ?? NaN;
  }
}

function isHistoryChanged(
  run: Run,
  topic: TopicSettings,
  { lineage }: Kept,
  hashes: CandleHashes,
): boolean {
  const { intervalMs } = topic;
  const used = lineage?.candles ?? null;
  if (used === null) return false;
  const key = `${candlesName(topic)} ${intervalMs} ${used.fromMs} ${used.toMs}`;
  if (!hashes.has(key)) {
    const now = run.candles().read(candlesName(topic), intervalMs, used.fromMs, used.toMs);
    // A store that was begun anew and does not reach back so far yet corrects nothing.
    const isWhole = now !== undefined && now.startMs === used.fromMs;
    hashes.set(key, isWhole ? candlesTold(now, now.close.length).sha256 : undefined);
  }
  const hash = hashes.get(key);
  return hash !== undefined && hash !== used.sha256;
}
