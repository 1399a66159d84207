import { alloOf } from "../../chain/allo.ts";
import { surveyedJson } from "../rpc/shown.ts";
import type { Overview, TopicView } from "./gather.ts";
import type { Moment } from "./window_view.ts";

const iso = (ms: number | null | undefined) => ms == null ? null : new Date(ms).toISOString();

/** The screen for a machine; null is what is not known. */
export function overviewJson(overview: Overview) {
  const { chainId, nowMs, worker, balanceUallo, head } = overview;
  return {
    at: iso(nowMs),
    chain_id: chainId,
    height: head === undefined ? null : Number(head.height),
    worker: worker ?? null,
    balance_uallo: balanceUallo === undefined ? null : String(balanceUallo),
    balance_allo: balanceUallo === undefined ? null : alloOf(balanceUallo),
    runway_days: overview.runwayDays ?? null,
    paused_since: iso(overview.pausedSinceMs),
    topics: overview.topics.map(topicJson),
    broken_topics: overview.broken.map(({ topicId, error }) => ({
      topic_id: topicId === undefined ? null : String(topicId),
      error: error.message,
    })),
    runs: overview.runs.map((run) => ({
      command: run.command,
      started_at: iso(run.startedMs),
      alive_at: iso(run.aliveMs),
      finished_at: iso(run.finishedMs),
      exit_code: run.exitCode,
      succeeded_at: iso(run.succeededMs),
      failures_in_a_row: run.failures,
      error: run.error,
    })),
    alerts: overview.alerts?.map((alert) => ({
      id: alert.id,
      topic_id: alert.topicId === 0n ? null : String(alert.topicId),
      subject: alert.subject === "" ? null : alert.subject,
      status: alert.status,
      message: alert.message,
      fix: alert.fix,
      since: iso(alert.sinceMs),
    })) ?? null,
    endpoints: overview.endpoints.map(surveyedJson),
    notes: overview.notes,
  };
}

function topicJson({ topic, window, model, epochs, totals, visits }: TopicView) {
  const last = epochs.findLast(({ submission }) => submission !== null);
  return {
    topic_id: String(topic.topicId),
    pair: topic.pair,
    target: topic.target,
    horizon_seconds: topic.horizonMs / 1000,
    window: {
      state: window.state ?? null,
      live: window.isLive,
      nonce: window.nonce === undefined ? null : Number(window.nonce),
      closes: momentJson(window.closes),
      next_opens: momentJson(window.nextOpens),
    },
    model: model.name ?? null,
    model_age_seconds: model.ageMs === undefined ? null : Math.round(model.ageMs / 1000),
    last_submission: last === undefined ? null : {
      nonce: Number(last.nonce),
      at: iso(last.submission?.createdMs),
      state: last.state,
      outcome: last.outcome,
      tx_hash: last.hash,
    },
    epochs: epochs.map(({ nonce, outcome }) => ({ nonce: Number(nonce), outcome })),
    hit_rate: totals.hitRate,
    windows_met: totals.met,
    windows_missed: totals.missed,
    failures_in_a_row: visits?.failures ?? null,
    error: visits?.error ?? null,
  };
}

function momentJson(moment: Moment | undefined) {
  return moment === undefined ? null : {
    height: Number(moment.height),
    blocks: Number(moment.inBlocks),
    expected_at: iso(moment.atMs),
  };
}
