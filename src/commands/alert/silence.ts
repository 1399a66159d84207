import { PipelineError } from "../../errors.ts";
import { duration } from "../../settings/setting_type.ts";
import type { Handler } from "../command.ts";
import { topicIdOf } from "../flag_value.ts";
import { openRun, settingsOf } from "../open_run.ts";

const LENGTH = duration("1m", "90d");

/** Silences alerts for a while, or ends every silence. */
export const silence: Handler = async (invocation, terminal) => {
  const { words: [first, id = "", ...others], values: { topic } } = invocation;
  const lengthMs = LENGTH.parse(first ?? "", terminal.cwd);
  const isSound = first === "off" ? id === "" && topic === undefined : lengthMs !== undefined;
  if (!isSound || others.length > 0 || !/^[\w.-]*$/.test(id)) {
    throw new PipelineError("usage", `Cannot read "${invocation.words.join(" ")}"`, {
      hint: `give ${LENGTH.allowed}, and an alert's id if you like; or off`,
    });
  }
  const topicId = topic === undefined ? 0n : topicIdOf(topic);
  using run = openRun(settingsOf(invocation, terminal), terminal, { migrates: true });
  if (lengthMs === undefined) {
    const ended = run.ledger.endSilences();
    terminal.out(invocation.json ? `{"ended":${ended}}\n` : `${ended} ended\n`);
    return await Promise.resolve(0);
  }
  const untilMs = terminal.host.nowMs() + lengthMs;
  run.ledger.silence({ id, topicId, untilMs });
  const until = new Date(untilMs).toISOString();
  terminal.out(
    invocation.json
      ? `${JSON.stringify({ id: id || null, topic_id: topic ?? null, until })}\n`
      : `silent until ${until}: ${silencedText({ id, topicId })}\n`,
  );
  return 0;
};

/** What a silence is about. */
export function silencedText({ id, topicId }: { readonly id: string; readonly topicId: bigint }) {
  const what = id === "" ? "every alert" : id;
  return topicId === 0n ? what : `${what} of topic ${topicId}`;
}
