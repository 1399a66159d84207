import type { Run } from "../../cycle/run.ts";
import type { TopicOutcome } from "../../cycle/topic_outcome.ts";
import { messageOf, type PipelineError } from "../../errors.ts";
import type { AlertContext } from "../../health/alerts/alert_on.ts";
import { DELIVERY_MS } from "../../health/alerts/channel.ts";
import type { CheckResult } from "../../health/check.ts";
import { toPaste } from "../../health/cure.ts";
import { deadline } from "../../host/deadline.ts";
import type { TopicSettings } from "../../settings.ts";
import type { Terminal } from "../terminal_io.ts";
import { alertContext } from "./context.ts";
import { tellDigest } from "./digest_due.ts";
import { visitResults } from "./visit_results.ts";

/** A visit to the topics that had something to do. */
export interface Visit {
  readonly topics: readonly TopicSettings[];
  readonly worker: string;
  readonly outcomes: readonly TopicOutcome[];
  readonly stop: AbortSignal;
  /** Why the ledger does not know how it ended. */
  readonly unrecorded?: PipelineError | undefined;
}

/**
 * After a visit, what people should hear before the hourly look at everything: topics of short epochs
 * that miss windows or fail, the first submission ever, the week's digest, and what a channel did not
 * take before. What of alerts fails is an event, and no failure of the visit. All of it together has the
 * time of one delivery: TimeoutStartSec= of the unit counts on that.
 */
export async function afterVisit(
  run: Run,
  terminal: Pick<Terminal, "env">,
  { topics, worker, outcomes, stop, unrecorded }: Visit,
): Promise<void> {
  using time = deadline(DELIVERY_MS, stop);
  const context = alertContext(run, terminal, time.signal);
  try {
    // One that others hold will be free again; any other is told as health tells it, and all else needs it.
    if (unrecorded !== undefined && unrecorded.kind !== "retry") {
      return await tellUnrecorded(context, unrecorded);
    }
    const { ledger } = run;
    const results = topics.flatMap((topic) => visitResults(run, topic.topicId, worker));
    const confirmed = outcomes.find(({ state }) => state === "confirmed");
    const isFirst = confirmed !== undefined && ledger.milestoneMs("first submission") === undefined;
    const isOpen = ledger.openAlerts().some((alert) =>
      results.some(({ id, topicId }) => alert.id === id && alert.topicId === topicId)
    );
    if (isOpen || results.some(({ status }) => status !== "OK")) {
      const { alertOn } = await import("../../health/alerts/alert_on.ts");
      await alertOn(results, context, { isComplete: false });
    } else if (ledger.hasPendingDeliveries()) {
      await (await import("../../health/alerts/tell_once.ts")).deliverPending(context);
    }
    if (isFirst) await tellFirst(context, confirmed);
    await tellDigest(run, context);
  } catch (thrown) {
    run.tell("alert.failed", { error: messageOf(thrown) });
  }
}

/**
 * After a look at everything there is: what has changed is told, a unit that runs again is well, and the
 * dead man's switch and the week's digest get their turn. What of alerts fails is an event; returns
 * whether there is somebody to tell, and every channel took what there was.
 */
export async function afterChecks(
  run: Run,
  terminal: Pick<Terminal, "env">,
  results: readonly CheckResult[],
  stop: AbortSignal,
): Promise<boolean> {
  const context = alertContext(run, terminal, stop);
  try {
    const { alertOn } = await import("../../health/alerts/alert_on.ts");
    const { unitResults } = await import("../../health/alerts/unit_failed.ts");
    const units = unitResults(context);
    const { isHeard, told } = await alertOn([...results, ...units], context, { isComplete: true });
    await tellDigest(run, context);
    return isHeard && [...told.values()].every((error) => error === undefined);
  } catch (thrown) {
    run.tell("alert.failed", { error: messageOf(thrown) });
    return false;
  }
}

async function tellUnrecorded(context: AlertContext, { message }: PipelineError): Promise<void> {
  const { alertOn } = await import("../../health/alerts/alert_on.ts");
  const fix = toPaste("allora-pipeline ledger check", context.settings);
  const result = { id: "ledger", status: "CRITICAL", message, fix } as const;
  await alertOn([result], context, { isComplete: false });
}

async function tellFirst(context: AlertContext, outcome: TopicOutcome): Promise<void> {
  const { tellOnce } = await import("../../health/alerts/tell_once.ts");
  const { noticeOf } = await import("../../health/alerts/notice.ts");
  const { hostName, host, settings } = context;
  const { topicId, nonce, value, hash } = outcome;
  const notice = () =>
    noticeOf("works", `IT WORKS: ${hostName} has submitted its first prediction`, [
      ["host", hostName],
      ["topic", String(topicId)],
      ["chain", settings.chainId],
      ...nonce === undefined ? [] : [["nonce", String(nonce)] as const],
      ...value === undefined ? [] : [["prediction", value] as const],
      ...hash === undefined ? [] : [["transaction", hash] as const],
      [
        "from now on",
        "you hear of windows that are missed, of what is about to go wrong, and weekly",
      ],
    ], { hostName, nowMs: host.nowMs() });
  await tellOnce("first submission", notice, context, (lastMs) => lastMs === undefined);
}
