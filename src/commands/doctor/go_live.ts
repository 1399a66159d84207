import { judge, predictTopic } from "../../cycle/predict_topic.ts";
import { failureOf } from "../../cycle/run.ts";
import { runCycle } from "../../cycle/run_cycle.ts";
import { PipelineError } from "../../errors.ts";
import type { CheckResult } from "../../health/check.ts";
import type { TopicSettings } from "../../settings.ts";
import { chainNowMs } from "../../cycle/connect.ts";
import { openRun } from "../open_run.ts";
import type { Terminal } from "../terminal_io.ts";
import { type Block, examine, pasteable, type Subject } from "./examine.ts";
import { type Examined, failed } from "./examined.ts";
import { VERDICTS } from "./report.ts";

/** The seven questions before money is at stake, in the order in which one rests on another. */
const QUESTIONS: readonly { readonly asks: string; readonly subjects: readonly Subject[] }[] = [
  { asks: "are the settings sound", subjects: ["system", "settings", "permissions", "topics"] },
  { asks: "is the wallet ready and funded", subjects: ["wallet"] },
  { asks: "do endpoints serve the chain", subjects: ["endpoints", "clock"] },
  { asks: "do keys and market data come", subjects: ["keys", "market"] },
  { asks: "is the model trained and judged", subjects: ["model"] },
  { asks: "is a prediction accepted and simulated", subjects: [] },
  {
    asks: "does it run unattended, and does a person hear of it",
    subjects: ["ledger", "units", "alerts"],
  },
];
const REHEARSAL = 5;

/** The seven answers, a block each. */
export async function goLive(examined: Examined, terminal: Terminal): Promise<readonly Block[]> {
  const blocks = await examine(examined);
  const found = QUESTIONS.map(({ asks, subjects }, i): Block => ({
    subject: `${i + 1} ${asks}`,
    results: blocks.filter(({ subject }) => subjects.some((each) => each === subject))
      .flatMap(({ results }) => results),
  }));
  const isReady = found.slice(0, REHEARSAL).every(({ results }) =>
    results.every(({ status }) => VERDICTS[status] !== "fail")
  );
  const rehearsed = isReady ? await rehearse(examined, terminal) : [NOT_TRIED];
  const results = rehearsed.map((result) => pasteable(examined, result));
  return found.with(REHEARSAL, { ...found[REHEARSAL]!, results });
}

const NOT_TRIED: CheckResult = {
  ...{ id: "rehearsal", status: "CRITICAL", message: "not tried: what it rests on failed" },
  fix: "allora-pipeline doctor --go-live # again, when the failures above are cured",
};

/** Predicts for each topic, and where its window is open signs and simulates; nothing is sent. */
async function rehearse(
  { settings, health: { signal } }: Examined,
  terminal: Terminal,
): Promise<readonly CheckResult[]> {
  // A fallback would be sent, but that is not what goes live.
  const strict = { ...settings, fallback: false };
  using run = openRun(strict, { ...terminal, err: () => {} }, { dryRun: true, stop: signal });
  const { outcomes } = await runCycle(run, settings.topics, { isCalled: true });
  return await Promise.all(outcomes.map(async ({ topicId, state, value, error }) => {
    const what = { id: "rehearsal", topicId };
    const fix = `allora-pipeline submit --dry-run --topic ${topicId}`;
    if (error !== undefined) return failed(what, error, fix);
    if (state === "rehearsed") {
      const message = `${
        value ?? "its registration"
      } was signed and simulated: the chain would take it`;
      return { ...what, status: "OK", message };
    }
    if (state !== "idle") return { ...what, status: "OK", message: "the chain has one already" };
    const topic = settings.topics.find((each) => each.topicId === topicId);
    return topic === undefined ? failed(what, "it is not on", fix) : await predicted(run, topic);
  }));
}

/** The window is closed, or has our submission: the prediction alone can be tried. */
async function predicted(
  run: ReturnType<typeof openRun>,
  topic: TopicSettings,
): Promise<CheckResult> {
  const what = { id: "rehearsal", topicId: topic.topicId };
  const fix = `allora-pipeline submit --dry-run --topic ${topic.topicId}`;
  try {
    const nowMs = await chainNowMs(run);
    const forecast = await predictTopic(run, topic, { baseMs: nowMs, headMs: nowMs });
    const { verdict, reason } = judge(run, topic, forecast);
    if (verdict === "refused") {
      throw new PipelineError("invalid", `The validator refuses ${forecast.value}: ${reason}`);
    }
    const message = `${forecast.value} is accepted; there is no open window to simulate it for`;
    return { ...what, status: "WARNING", message, fix };
  } catch (thrown) {
    return failed(what, failureOf(run, thrown), fix);
  }
}
