import type { AlertKey, AlertStatus, OpenAlert, Silence } from "../../ledger/alerts.ts";
import { type CheckResult, STATUSES } from "../check.ts";
import { isUnseen, withoutEchoes } from "../unseen.ts";

/** A result, and when it was found so (epoch milliseconds) when that was not now. */
export interface Look extends CheckResult {
  readonly seenMs?: number;
}

/** One thing to tell people. */
export interface Turn {
  /** worse: than what was told before. */
  readonly kind: "raised" | "worse" | "reminder" | "resolved";
  readonly result: CheckResult;
  /** When the incident began, epoch milliseconds. */
  readonly sinceMs: number;
}

export interface Rules {
  /** Wall clock, epoch milliseconds. */
  readonly nowMs: number;
  /** Between two reminders of one incident, milliseconds. */
  readonly repeatMs: number;
  readonly silences: readonly Silence[];
  /** There is somebody to tell. */
  readonly isHeard: boolean;
  /** Everything was looked at: an alert without a result is over, unless its check could not be made. */
  readonly isComplete: boolean;
}

export interface Decision {
  readonly open: readonly OpenAlert[];
  readonly closed: readonly AlertKey[];
  readonly turns: readonly Turn[];
}

/** Looks one after the other that must find it well before an incident is over … */
export const OKS_TO_RESOLVE = 2;
/** … and how long it must have been well: what flaps faster is one incident. */
export const COOL_DOWN_MS = 15 * 60_000;

/**
 * What a look at the checks changes, and what is to be told of it: an incident when it begins, when it
 * becomes worse than was told, again after `repeatMs` while it lasts, and once when it is over. What is
 * silenced, or heard by nobody, is remembered as untold: it is told as soon as somebody hears. So is the
 * end of an incident that people know of, when it is silenced: it stays open until they can be told. Pure.
 */
export function decide(
  before: readonly OpenAlert[],
  results: readonly Look[],
  rules: Rules,
): Decision {
  const known = new Map(before.map((alert) => [nameOf(alert), alert]));
  const open: OpenAlert[] = [];
  const closed: AlertKey[] = [];
  const turns: Turn[] = [];
  const looks = worstOfEach(withoutEchoes(results));
  for (const result of [...looks, ...absent(before, results, rules)]) {
    const { status } = result;
    const alert = known.get(nameOf(keyOf(result)));
    if (status !== "OK") {
      const next = worsen(alert, { ...result, status }, rules);
      open.push(next.alert);
      turns.push(...next.turns);
    } else if (alert !== undefined) {
      const next = improve(alert, rules.nowMs);
      const isWell = next.oks >= OKS_TO_RESOLVE &&
        rules.nowMs - (next.okSinceMs ?? rules.nowMs) >= COOL_DOWN_MS;
      const isOver = isWell && (alert.saidStatus === null || !isSilenced(alert, rules.silences));
      if (!isOver) open.push(next);
      else closed.push(keyOf(result));
      // What nobody was told of ends as quietly.
      if (isOver && alert.saidStatus !== null) {
        turns.push({ kind: "resolved", result, sinceMs: alert.sinceMs });
      }
    }
  }
  return { open, closed, turns };
}

/** The alert's key of a result. */
export function keyOf({ id, topicId = 0n, subject = "" }: CheckResult): AlertKey {
  return { id, topicId, subject };
}

/** What tells alerts apart, as text: "submission/67/". */
export function nameOf({ id, topicId, subject }: AlertKey): string {
  return `${id}/${topicId}/${subject}`;
}

function worsen(
  known: OpenAlert | undefined,
  result: Look & { readonly status: AlertStatus },
  rules: Rules,
): { readonly alert: OpenAlert; readonly turns: readonly Turn[] } {
  const { nowMs, repeatMs } = rules;
  const { status, message, fix = null, seenMs = nowMs } = result;
  const sinceMs = known?.sinceMs ?? nowMs;
  const alert = {
    ...{ saidStatus: null, saidMs: null, ...known, ...keyOf(result) },
    ...{ status, message, fix, sinceMs, seenMs, oks: 0, okSinceMs: null },
  };
  if (!rules.isHeard || isSilenced(alert, rules.silences)) return { alert, turns: [] };
  const { saidStatus, saidMs } = alert;
  // A clock that was ahead when it was told has told it long ago.
  const isDue = saidMs === null || nowMs < saidMs || nowMs - saidMs >= repeatMs;
  const kind = saidStatus === null
    ? "raised"
    : isWorse(status, saidStatus)
    ? "worse"
    : isDue
    ? "reminder"
    : undefined;
  if (kind === undefined) return { alert, turns: [] };
  return {
    alert: { ...alert, saidStatus: status, saidMs: nowMs },
    turns: [{ kind, result, sinceMs }],
  };
}

function improve(alert: OpenAlert, nowMs: number): OpenAlert {
  const { okSinceMs } = alert;
  const isSound = okSinceMs !== null && okSinceMs <= nowMs;
  return { ...alert, oks: alert.oks + 1, okSinceMs: isSound ? okSinceMs : nowMs };
}

/** Alerts of what is not looked at any more: a topic that was switched off, an endpoint taken out. */
function absent(
  before: readonly OpenAlert[],
  results: readonly Look[],
  { isComplete }: Rules,
): readonly CheckResult[] {
  if (!isComplete) return [];
  const looked = new Set(results.map((result) => nameOf(keyOf(result))));
  return before.filter((alert) => !looked.has(nameOf(alert)))
    .map((alert): CheckResult => ({
      ...checkNameOf(alert),
      status: "OK",
      message: "not looked at any more",
    }))
    .filter((result) => !isUnseen(result, results));
}

function checkNameOf({ id, topicId, subject }: AlertKey) {
  return { id, ...topicId !== 0n && { topicId }, ...subject !== "" && { subject } };
}

/** One result for each name, should two checks share it. */
function worstOfEach(results: readonly Look[]): readonly Look[] {
  const worst = new Map<string, Look>();
  for (const result of results) {
    const name = nameOf(keyOf(result));
    const other = worst.get(name);
    if (other === undefined || isWorse(result.status, other.status)) worst.set(name, result);
  }
  return [...worst.values()];
}

function isSilenced({ id, topicId }: AlertKey, silences: readonly Silence[]): boolean {
  return silences.some((silence) =>
    (silence.id === "" || silence.id === id) &&
    (silence.topicId === 0n || silence.topicId === topicId)
  );
}

function isWorse(status: CheckResult["status"], than: CheckResult["status"]): boolean {
  return STATUSES.indexOf(status) > STATUSES.indexOf(than);
}
