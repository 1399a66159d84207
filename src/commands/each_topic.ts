import { failureOf, type Run } from "../cycle/run.ts";
import { EXIT_CODES, worstExitCode } from "../errors.ts";
import type { TopicSettings } from "../settings.ts";

/** What became of a step for each topic; `exitCode` is the worst of those that failed. */
export interface EachTopic<T> {
  readonly done: readonly T[];
  readonly exitCode: number;
}

/** Does the step for one topic after another; one that fails is told and does not stop the next. */
export async function eachTopic<T>(
  run: Run,
  topics: readonly TopicSettings[],
  step: (topic: TopicSettings) => Promise<T>,
): Promise<EachTopic<T>> {
  const done: T[] = [];
  const codes: number[] = [];
  for (const topic of topics) {
    try {
      done.push(await step(topic));
    } catch (thrown) {
      const failure = failureOf(run, thrown);
      // One topic's failure is the command's: it is said once, as an error.
      if (topics.length === 1) throw failure;
      codes.push(EXIT_CODES[failure.kind]);
      run.tell("topic.failed", {
        ...{ error: failure.message, topic: topic.topicId, hint: failure.hint },
      });
    }
  }
  return { done, exitCode: worstExitCode(codes) };
}
