import { table } from "../../host/terminal.ts";
import type { CheckResult, Status } from "../check.ts";
import { keyOf, nameOf, type Turn } from "./decide.ts";

/** One thing that people are told: what is kept in the ledger, and what a webhook gets. */
export interface Notice {
  readonly kind: Turn["kind"] | "test" | "works" | "digest";
  /** Names the incident in all its notices; null for what is no incident. */
  readonly alert: string | null;
  readonly status: Status;
  readonly host: string;
  /** RFC 3339. */
  readonly at: string;
  readonly title: string;
  /** In the order of reading: a word, and what there is to say. */
  readonly facts: readonly (readonly [label: string, text: string])[];
}

/** Where and when it is told. */
export interface Stamp {
  readonly hostName: string;
  readonly nowMs: number;
}

/** No channel takes more of one text, and nobody reads it. */
const MAX_TEXT = 500;

/** A notice without an incident. */
export function noticeOf(
  kind: Notice["kind"],
  title: string,
  facts: Notice["facts"],
  { hostName, nowMs }: Stamp,
): Notice {
  return {
    ...{ kind, alert: null, status: "OK", host: hostName, at: new Date(nowMs).toISOString() },
    ...{ title: cut(title), facts: facts.map(([label, text]) => [label, cut(text)]) },
  };
}

/** The notice of what an incident has come to. */
export function noticeOfTurn({ kind, result, sinceMs }: Turn, stamp: Stamp): Notice {
  const { id, topicId, subject, status, message, fix } = result;
  const about = [
    id,
    ...topicId === undefined ? [] : [`topic ${topicId}`],
    ...subject === undefined ? [] : [subject],
  ].join(", ");
  const head = kind === "resolved" ? "RESOLVED" : kind === "reminder" ? `STILL ${status}` : status;
  const since = `${minute(sinceMs)} UTC${
    kind === "raised" ? "" : `, for ${spanText(stamp.nowMs - sinceMs)}`
  }`;
  const facts: Notice["facts"] = [
    ["host", stamp.hostName],
    ...topicId === undefined ? [] : [["topic", String(topicId)] as const],
    ["cause", message],
    ...valueOf(result),
    ["since", since],
    ...fix === undefined ? [] : [["to do", fix] as const],
    ...fix?.startsWith("journalctl") ? [] : [["log", journalLine(topicId, sinceMs)] as const],
  ];
  return {
    ...noticeOf(kind, `${head} ${about}: ${message}`, facts, stamp),
    ...{ alert: nameOf(keyOf(result)), status },
  };
}

/** What a person reads of it, without the title. */
export function textOf({ facts }: Notice): string {
  return table(facts.map(([label, text]) => [label, text]));
}

/** How many of the first one message of a channel holds; at least one. */
export function fitting(
  notices: readonly Notice[],
  limits: { readonly notices: number; readonly chars: number },
): number {
  let length = 0;
  const end = notices.slice(0, limits.notices).findIndex((notice) => {
    length += notice.title.length + textOf(notice).length;
    return length > limits.chars;
  });
  return end === -1 ? Math.min(notices.length, limits.notices) : Math.max(1, end);
}

/** The command that shows what the program said since a while before the incident. */
function journalLine(topicId: bigint | undefined, sinceMs: number): string {
  const topic = topicId === undefined ? "" : ` ALLORA_TOPIC_ID=${topicId}`;
  return `journalctl -t allora-pipeline${topic} --since '${minute(sinceMs - 10 * 60_000)} UTC'`;
}

function valueOf({ value, unit, warn, crit }: CheckResult): Notice["facts"] {
  if (value === undefined) return [];
  const amount = (text: string | number) => unit === undefined ? `${text}` : `${text} ${unit}`;
  const limits = [
    ...warn === undefined ? [] : [`WARNING ${rangeText(warn, amount)}`],
    ...crit === undefined ? [] : [`CRITICAL ${rangeText(crit, amount)}`],
  ];
  const beside = limits.length === 0 ? "" : ` (${limits.join(", ")})`;
  return [["value", `${amount(Number(value.toPrecision(6)))}${beside}`]];
}

/** Where a range of monitoring plugins alerts, in words: "10:" is "below 10". */
function rangeText(range: string, amount: (text: string) => string): string {
  const [, inside, start, end] = /^(@?)(?:(~|-?[\d.]+):)?(-?[\d.]*)$/.exec(range) ?? [];
  if (end === undefined) return `outside ${range}`;
  const from = start ?? "0";
  if (inside) return `from ${from} to ${amount(end || "∞")}`;
  if (end === "") return `below ${amount(from)}`;
  return from === "~" || from === "0"
    ? `above ${amount(end)}`
    : `outside ${from} to ${amount(end)}`;
}

function minute(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 16).replace("T", " ");
}

/** A length of time as a person says it. */
export function spanText(ms: number): string {
  const minutes = Math.max(1, Math.round(ms / 60_000));
  if (minutes < 120) return `${minutes} min`;
  return minutes < 48 * 60 ? `${Math.round(minutes / 60)} h` : `${Math.round(minutes / 1440)} days`;
}

function cut(text: string): string {
  const line = text.replace(/[\s\p{Cc}\p{Cf}]+/gu, " ").trim();
  return line.length > MAX_TEXT ? `${line.slice(0, MAX_TEXT)}…` : line;
}
