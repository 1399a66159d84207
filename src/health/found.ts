import { messageOf, PipelineError } from "../errors.ts";
import type { TopicSettings } from "../settings.ts";
import type { CheckResult } from "./check.ts";
import type { HealthContext } from "./context.ts";
import { statusOf } from "./range.ts";

/** A value that was found, judged by its thresholds; with neither it is OK. */
export function measured(
  result: Omit<CheckResult, "status"> & { readonly value: number },
): CheckResult {
  return { ...result, status: statusOf(result.value, result) };
}

/** What begins a command of a shell; it ends with the hint. */
const SHELL =
  /^(sudo |systemctl |journalctl |chmod |chown |mkdir |cat |sed |grep |rm |mv |ls |du |df |ps |ulimit |timedatectl|\(umask )/;
/** What begins one of ours; prose may go on after it. */
const OURS = /^allora-pipeline [^,;:]+?(?=[,;:]| once| with |$)/;

/** Whether a cure is a command, and no prose. */
export function isCommand(cure: string): boolean {
  return SHELL.test(cure) || OURS.test(cure);
}

/** The command in a hint, where it names one: a person may paste it, with what is to be known as a comment. */
export function cureOf(hint: string): string {
  const starts = [{ index: 0, 0: "" }, ...hint.matchAll(/: |\b(?:[Rr]un|[Ss]ee|with|or) /g)];
  for (const { index, 0: before } of starts) {
    const rest = hint.slice(index + before.length);
    if (SHELL.test(rest)) return `${rest}${remarkOf(hint.slice(0, index))}`;
    const [command] = OURS.exec(rest) ?? [];
    if (command !== undefined) return command;
  }
  return hint;
}

/** What could not be looked at: a check that fails tells nothing of what it was to check. */
export function unknown(
  thrown: unknown,
  what: Pick<CheckResult, "id" | "topicId" | "subject">,
): CheckResult {
  const hint = thrown instanceof PipelineError ? thrown.hint : undefined;
  return {
    ...what,
    status: "UNKNOWN",
    message: messageOf(thrown).replace(/\.$/, ""),
    fix: cureOf(hint ?? "allora-pipeline status"),
  };
}

function remarkOf(prose: string): string {
  return prose === "" || /^(run|look at)\b/i.test(prose) ? "" : ` # ${prose}`;
}

/** The check for each topic that is on, at the same time; one that fails is unknown, and stops no other. */
export function eachTopic(
  { settings }: HealthContext,
  id: string,
  check: (topic: TopicSettings) => CheckResult | Promise<CheckResult>,
): Promise<readonly CheckResult[]> {
  return Promise.all(settings.topics.map(async (topic) => {
    try {
      return await check(topic);
    } catch (thrown) {
      return unknown(thrown, { id, topicId: topic.topicId });
    }
  }));
}
