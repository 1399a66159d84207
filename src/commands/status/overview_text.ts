import type { Surveyed } from "../../chain/survey.ts";
import type { Epoch } from "../../cycle/history.ts";
import { type Colour, paint, table } from "../../host/terminal.ts";
import type { OpenAlert } from "../../ledger/alerts.ts";
import type { RunRecord } from "../../ledger/runs.ts";
import { span } from "../../health/words.ts";
import { hours } from "../evaluation_rows.ts";
import { PAUSE_FILE } from "../health/context.ts";
import { latencyOf, nameOf, sentenceOf, USE_COLOURS } from "../rpc/shown.ts";
import { runwayText } from "../runway.ts";
import { shortAllo } from "../short_allo.ts";
import type { ModelView, Overview, TopicView } from "./gather.ts";
import type { Moment, WindowView } from "./window_view.ts";

const RIGHT = "right" as const;

/** The screen for a person. */
export function overviewText(overview: Overview, colour: boolean): string {
  const { topics, endpoints, nowMs } = overview;
  const part = (head: readonly string[], rows: readonly string[][], right: readonly string[]) =>
    rows.length === 0 ? "" : table(
      [head.map((name) => paint(name, "bold", colour)), ...rows],
      { align: head.map((name) => right.includes(name) ? RIGHT : "left") },
    );
  const parts = [
    table(factsOf(overview, colour)),
    part(
      ["topic", "predicts", "window", "next", "model"],
      topics.map((each) => [
        ...[String(each.topic.topicId), predictsText(each)],
        ...[windowText(each.window, nowMs), momentText(each.window.nextOpens, nowMs, "in ")],
        modelText(each.model),
      ]),
      ["topic"],
    ),
    part(
      ["topic", "submitted", "outcome", "epochs", "met", "failing"],
      topics.map((each) => [
        String(each.topic.topicId),
        ...lastCells(each, nowMs),
        stripOf(each.epochs, colour),
        hitText(each),
        failingText(each, colour),
      ]),
      ["topic", "met"],
    ),
    part(
      ["endpoint", "latency", "lag", "served", "use"],
      endpoints.map((each) => [
        nameOf(each),
        ...[latencyText(each), String(each.lag ?? ""), servedText(each)],
        paint(each.use, USE_COLOURS[each.use], colour),
      ]),
      ["latency", "lag", "served"],
    ),
    notesOf(overview).map((note) => `# ${note}`).join("\n"),
  ];
  return `${parts.filter((text) => text !== "").join("\n\n")}\n`;
}

function factsOf(overview: Overview, colour: boolean): string[][] {
  const { chainId, worker, balanceUallo, runwayDays, head, runs, nowMs, pausedSinceMs, alerts } =
    overview;
  const runway = runwayDays === undefined ? "" : `, lasts ${runwayText(runwayDays)}`;
  const balance = balanceUallo === undefined ? "" : `${shortAllo(balanceUallo)} ALLO${runway}`;
  const rows = [
    ["wallet", worker ?? ""],
    ["balance", balance],
    ["chain", head === undefined ? chainId : `${chainId} at block ${head.height}`],
    ...runs.map((run) => [run.command, runText(run, nowMs)]),
    ...pausedSinceMs === undefined
      ? []
      : [["paused", `${span(nowMs - pausedSinceMs)} ago: rm ${PAUSE_FILE}`]],
    ...runs.length === 0 ? [["submit", ""]] : [],
    ["alerts", alertsText(alerts, colour)],
  ];
  return rows.map(([name = "", value = ""]) => [paint(name, "bold", colour), value]);
}

/** Heard of so long ago, a run that did not end has died: the daemon says every 30 s that it lives. */
const SILENT_MS = 5 * 60_000;

function runText(run: RunRecord, nowMs: number): string {
  const { startedMs, aliveMs, finishedMs, exitCode, failures, error } = run;
  const ago = (ms: number) => `${span(nowMs - ms)} ago`;
  const failing = failures === 0 ? "" : `; ${failures} failed in a row: ${error ?? ""}`;
  if (finishedMs !== null) return `ended ${ago(finishedMs)}, exit ${exitCode}${failing}`;
  const verb = nowMs - aliveMs > SILENT_MS ? "died or hangs" : "runs";
  return `${verb}, started ${ago(startedMs)}, heard of ${ago(aliveMs)}${failing}`;
}

function predictsText({ topic: { pair, target, horizonMs } }: TopicView): string {
  return `${pair} ${target}, ${hours(horizonMs)}`;
}

function windowText({ state, closes, isLive }: WindowView, nowMs: number): string {
  if (state === undefined) return "";
  const left = closes === undefined ? "" : `, ${momentText(closes, nowMs, "")} left`;
  return `${state}${left}${isLive ? "" : "?"}`;
}

function momentText(moment: Moment | undefined, nowMs: number, before: string): string {
  if (moment === undefined) return "";
  const { atMs, inBlocks } = moment;
  return before + (atMs === undefined ? `${inBlocks} blocks` : span(atMs - nowMs));
}

function modelText({ name, ageMs }: ModelView): string {
  if (name === undefined) return "";
  return ageMs === undefined ? name : `${name}, ${span(ageMs)} old`;
}

/** When the last submission was made, and what became of it. */
function lastCells({ epochs }: TopicView, nowMs: number): string[] {
  const last = epochs.findLast(({ submission }) => submission !== null);
  if (last === undefined) return ["", ""];
  const { submission, outcome, state, firstMs } = last;
  const ago = `${span(nowMs - (submission?.createdMs ?? firstMs))} ago`;
  return [ago, outcome === "open" ? state ?? "" : outcome];
}

const MARKS: Readonly<Record<Epoch["outcome"], readonly [string, Colour]>> = {
  ...{ proven: ["|", "green"], missed: ["x", "red"], unknown: ["?", "yellow"], open: [".", "dim"] },
};

/** A mark for each epoch, oldest first. */
function stripOf(epochs: readonly Epoch[], colour: boolean): string {
  return epochs.map(({ outcome }) => paint(...MARKS[outcome], colour)).join("");
}

function hitText({ totals: { met, missed, hitRate } }: TopicView): string {
  return hitRate === null ? "" : `${met}/${met + missed} ${(hitRate * 100).toFixed(0)} %`;
}

function failingText({ visits }: TopicView, colour: boolean): string {
  if (visits === undefined) return "";
  return visits.failures === 0 ? "no" : paint(`${visits.failures} in a row`, "red", colour);
}

function latencyText(each: Surveyed): string {
  const median = latencyOf(each) ?? each.record.latencyMs;
  return median === null ? "" : `${Math.round(median)} ms`;
}

function servedText({ record: { answers, failures } }: Surveyed): string {
  return answers + failures === 0 ? "" : `${(100 * answers / (answers + failures)).toFixed(1)} %`;
}

function notesOf({ topics, broken, endpoints, notes, alerts, nowMs }: Overview): string[] {
  const failing = topics.flatMap(({ topic, visits }) =>
    visits?.error ? [`topic ${topic.topicId}: ${visits.error}`] : []
  );
  const untrained = topics.filter(({ model }) => model.name === undefined)
    .map(({ topic: { topicId } }) =>
      `topic ${topicId} has no model: allora-pipeline train --topic ${topicId}`
    );
  return [
    ...topics.some(({ epochs }) => epochs.length > 0)
      ? ["| met, x missed, ? not known, . open"]
      : [],
    ...topics.length + broken.length === 0
      ? ["no topic is on: see allora-pipeline help topic-file"]
      : [],
    ...(alerts ?? []).map((alert) => alertText(alert, nowMs)),
    ...broken.map(({ error }) => error.message),
    ...failing,
    ...untrained,
    ...endpoints.filter(({ why }) => why !== undefined).map(sentenceOf),
    ...notes,
  ];
}

function alertsText(alerts: Overview["alerts"], colour: boolean): string {
  if (alerts === undefined) return "";
  if (alerts.length === 0) return "none is open";
  return paint(`${alerts.length} open, see below`, "red", colour);
}

function alertText({ id, topicId, subject, status, message, sinceMs }: OpenAlert, nowMs: number) {
  const name = [id, topicId === 0n ? "" : `topic ${topicId}`, subject].filter((part) =>
    part !== ""
  );
  return `${status} ${name.join(" ")}, for ${span(nowMs - sinceMs)}: ${message}`;
}
