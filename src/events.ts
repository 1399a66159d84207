import type { LogLevel } from "./settings.ts";

interface EventSpec {
  readonly level: LogLevel;
  /** {field} stands for a field's value; fields that are not named here follow the message. */
  readonly message: string;
}

/** Every event that can be logged: its usual level, and what a person reads. */
export const EVENTS = {
  "settings.topic_broken": { level: "error", message: "topic file not used: {error}" },
  "cycle.nothing_due": { level: "debug", message: "nothing due" },
  "run.finished": { level: "info", message: "run finished" },
  "run.failed": { level: "error", message: "run failed: {error}" },
  "run.unrecorded": { level: "warn", message: "how the run goes is not in the ledger: {error}" },
  "topic.failed": { level: "error", message: "topic failed: {error}" },

  "topic.epoch_short": {
    level: "warn",
    message: "an epoch lasts {minutes} min, too short for visits every 5 minutes",
  },
  "window.open": { level: "info", message: "window open until block {closes}" },
  "candles.refreshed": { level: "debug", message: "candles refreshed" },
  "venue.failed": { level: "warn", message: "venue failed: {error}" },
  "candles.suspect": {
    level: "warn",
    message: "the candle of {opened} does not close where the next opens: it is fetched again",
  },
  "price.not_now": {
    level: "warn",
    message: "no minute to start from, the price of {as_of} stands in: {reason}",
  },
  "truth.without_minutes": {
    level: "warn",
    message: "the truth is taken from whole candles: {reason}",
  },
  "settling.failed": { level: "warn", message: "a closed window is settled later: {error}" },
  "clock.skewed": {
    level: "warn",
    message: "this machine's clock and the chain's are {skew_seconds} s apart",
  },
  "endpoint.failed": { level: "warn", message: "endpoint failed: {error}" },
  "endpoint.alone": {
    level: "warn",
    message: "only {url} answers: its word on the open window is not confirmed by another",
  },
  "chain.upgraded": {
    level: "warn",
    message: "the chain now speaks emissions v{generation}, it was v{before}",
  },
  "chain.upgrade_planned": {
    level: "warn",
    message: "the chain upgrades to {name} at block {height}",
  },

  "model.trained": { level: "info", message: "model trained" },
  "model.own": { level: "info", message: "nothing to train: the model is {model}" },
  "model.not_judged": {
    level: "info",
    message: "judged are the built-in learners, not {model}",
  },
  "model.promoted": { level: "info", message: "model {model} predicts from now on: {reason}" },
  "model.kept": { level: "info", message: "model {model} stays beside the promoted one: {reason}" },
  "model.pruned": { level: "debug", message: "old models deleted" },
  "model.first": { level: "info", message: "no model yet: training one in this visit" },
  "model.unusable": {
    level: "warn",
    message: "the model cannot be used, another is trained in this visit: {error}",
  },
  "model.retrain_waits": {
    level: "warn",
    message: "for a day no visit had room to train the model again, although {reason}",
  },
  "model.retrain_advised": {
    level: "warn",
    message: "the model should be trained again: {reason}",
  },
  "model.retrained": { level: "info", message: "trained again because {reasons}: {result}" },
  "priority.kept": { level: "info", message: "training at the usual priority: {error}" },
  "model.retrain_failed": { level: "warn", message: "not trained again: {error}" },
  "prediction.made": { level: "info", message: "prediction made: {value}" },
  "prediction.accepted": { level: "info", message: "prediction accepted" },
  "prediction.warned": { level: "warn", message: "prediction accepted with a warning: {reason}" },
  "prediction.fallback": {
    level: "warn",
    message: "the fallback {fallback} predicts instead: {error}",
  },
  "prediction_validation_failed": { level: "error", message: "prediction refused: {reason}" },

  "registration.signed": { level: "debug", message: "registration signed" },
  "registration.sent": { level: "info", message: "registration sent" },
  "registration.confirmed": { level: "info", message: "registration successful" },
  "registration.rejected": { level: "error", message: "registration rejected: {error}" },
  "registration.expired": {
    level: "warn",
    message: "registration expired before any block held it",
  },

  "submission.simulated": { level: "info", message: "submission simulated, not sent" },
  "submission.signed": { level: "debug", message: "submission signed" },
  "submission.sent": { level: "info", message: "submission sent" },
  "submission.confirmed": { level: "info", message: "submission successful" },
  "submission.adopted": {
    level: "warn",
    message: "the chain has this window's prediction already, this ledger did not know",
  },
  "submission.rejected": { level: "error", message: "submission rejected: {error}" },
  "submission.expired": { level: "warn", message: "submission expired before any block held it" },
  "submission.proven": { level: "info", message: "prediction is in the active set" },
  "submission.missed": {
    level: "error",
    message: "window closed without our prediction: {reason}",
  },
  "epoch.scored": { level: "info", message: "epoch scored" },
  "epoch.paid": { level: "info", message: "epoch paid: {reward_uallo} uallo" },
  "window.unknown": { level: "warn", message: "nobody can tell how a window ended: {reason}" },
  "wallet.used_elsewhere": {
    level: "error",
    message: "{worker} is used by another host: {evidence}",
  },
  "wallet.funded": { level: "info", message: "the faucet sent {received_uallo} uallo" },
  "faucet.busy": {
    level: "warn",
    message: "the faucet is asked too often: asking again in {wait_seconds} s",
  },
  "fee.cap_reached": {
    level: "error",
    message: "nothing is signed: the fees of 24 hours would pass ALLORA_MAX_FEE_PER_DAY",
  },

  "log.rotated": { level: "info", message: "log rotated into {archive}" },
  "log.postponed": {
    level: "info",
    message: "{segment} is still written to: it is compressed by a later rotation",
  },
  "log.pruned": { level: "info", message: "{archives} archived logs deleted, the newest {newest}" },
  "log.rotation_failed": { level: "error", message: "log not rotated: {error}" },
  "metrics.served": { level: "info", message: "metrics are served at {url}" },
  "metrics.unserved": { level: "warn", message: "metrics are not served: {error}" },
  "metrics.unwritten": { level: "warn", message: "metrics not written: {error}" },
  "metrics.balance_unknown": {
    level: "warn",
    message: "the balance for the metrics is not known: {error}",
  },

  "alert.raised": { level: "warn", message: "{title}" },
  "alert.worse": { level: "warn", message: "{title}" },
  "alert.reminder": { level: "warn", message: "{title}" },
  "alert.resolved": { level: "info", message: "{title}" },
  "alert.delivered": { level: "info", message: "{channel} was told: {titles}" },
  "alert.not_delivered": { level: "error", message: "{channel} was not told: {error}" },
  "alert.given_up": {
    level: "error",
    message: "{channel} will not be told any more: {titles}: {error}",
  },
  "alert.waiting": {
    level: "warn",
    message: "alerts are told by the next run, another one is at it: {holder}",
  },
  "alert.failed": { level: "error", message: "alerts were not looked at: {error}" },

  "daemon.started": { level: "info", message: "daemon started" },
  "daemon.reloaded": { level: "info", message: "settings and topics read again" },
  "daemon.reload_failed": {
    level: "error",
    message: "settings not read again, the old ones stay: {error}",
  },
  "daemon.subscribed": { level: "info", message: "events come over {url}" },
  "daemon.unsubscribed": { level: "warn", message: "no events, polling instead: {error}" },
  "daemon.unnoticed": {
    level: "warn",
    message: "the service manager is not told how this is going: {error}",
  },
  "daemon.stopping": {
    level: "info",
    message: "stopping; what is under way may end, another signal ends it at once",
  },
  "daemon.stopped": { level: "info", message: "daemon stopped" },
} as const satisfies Readonly<Record<string, EventSpec>>;

export type EventName = keyof typeof EVENTS;
