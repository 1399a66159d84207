import type { CheckResult, Status } from "../../health/check.ts";
import { isCommand } from "../../health/cure.ts";
import { plural } from "../../health/words.ts";
import { type Colour, paint } from "../../host/terminal.ts";
import type { Block } from "./examine.ts";

/** What a status is called here: what could not be looked at is not well. */
export const VERDICTS = { OK: "ok", WARNING: "warn", UNKNOWN: "fail", CRITICAL: "fail" } as const;
type Verdict = typeof VERDICTS[Status];

const COLOURS: Readonly<Record<Verdict, Colour>> = { ok: "green", warn: "yellow", fail: "red" };

/** How many lines of the blocks have each verdict. */
export function tally(blocks: readonly Block[]): Readonly<Record<Verdict, number>> {
  const verdicts = blocks.flatMap(({ results }) => results.map(({ status }) => VERDICTS[status]));
  const count = (wanted: Verdict) => verdicts.filter((verdict) => verdict === wanted).length;
  return { ok: count("ok"), warn: count("warn"), fail: count("fail") };
}

/** A block per subject, a line per thing looked at, the cure below what is not well. */
export function blocksText(blocks: readonly Block[], colour: boolean): string {
  return blocks.map(({ subject, results }) =>
    `${paint(subject, "bold", colour)}\n${results.map((each) => lineOf(each, colour)).join("")}`
  ).join("\n");
}

function lineOf(result: CheckResult, colour: boolean): string {
  const verdict = VERDICTS[result.status];
  const name = [
    result.id,
    ...result.topicId === undefined ? [] : [`of topic ${result.topicId}`],
    ...result.subject === undefined ? [] : [result.subject],
  ].join(" ");
  const mark = paint(verdict, COLOURS[verdict], colour);
  const line = `  ${mark}${" ".repeat(6 - verdict.length)}${name}: ${result.message}\n`;
  return verdict === "ok" || result.fix === undefined
    ? line
    : `${line}        ${cureText(result.fix)}\n`;
}

function cureText(fix: string): string {
  return isCommand(fix) ? `To fix, run: ${fix}` : `To fix: ${fix}`;
}

/** "30 ok, 2 warnings, 1 failed". */
export function tallyText({ ok, warn, fail }: ReturnType<typeof tally>, colour: boolean): string {
  const text = `${ok} ok, ${plural(warn, "warning")}, ${fail} failed`;
  return paint(text, fail > 0 ? "red" : warn > 0 ? "yellow" : "green", colour);
}

/** The blocks for a machine. */
export function blocksJson(blocks: readonly Block[]) {
  return blocks.map(({ subject, results }) => ({
    subject,
    results: results.map((each) => ({
      id: each.id,
      topic_id: each.topicId === undefined ? null : String(each.topicId),
      subject: each.subject ?? null,
      verdict: VERDICTS[each.status],
      message: each.message,
      fix: each.status === "OK" ? null : each.fix ?? null,
    })),
  }));
}
