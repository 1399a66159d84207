import { PipelineError } from "../../errors.ts";
import type { CheckResult } from "../../health/check.ts";
import { pasteSecret } from "../../health/cure.ts";
import { unknown } from "../../health/found.ts";
import { readVenueKey } from "../../host/credentials.ts";
import { shellQuote } from "../../settings/file_error.ts";
import type { TopicSettings } from "../../settings.ts";
import { type Examined, failed } from "./examined.ts";

const FILES = {
  atlas: ["atlasKeyFile", "ALLORA_ATLAS_KEY_FILE"],
  tiingo: ["tiingoKeyFile", "ALLORA_TIINGO_KEY_FILE"],
} as const;
type Keyed = keyof typeof FILES;

/** Each venue with a key that a topic uses: whether the key is there, and whether the venue takes it. */
export async function keys(examined: Examined): Promise<readonly CheckResult[]> {
  const { topics } = examined.settings;
  const used = (["atlas", "tiingo"] as const).flatMap((venue) => {
    const topic = topics.find(({ venues }) => venues.some(({ kind }) => kind === venue));
    return topic === undefined ? [] : [{ venue, topic }];
  });
  if (used.length === 0) {
    return [{ id: "keys", status: "OK", message: "no venue of the topics needs one" }];
  }
  return await Promise.all(used.map(({ venue, topic }) => tryKey(examined, venue, topic)));
}

async function tryKey(
  { settings, health, isOffline }: Examined,
  venue: Keyed,
  topic: TopicSettings,
): Promise<CheckResult> {
  const what = { id: "key", subject: venue };
  const [field, setting] = FILES[venue];
  const path = settings[field];
  try {
    await readVenueKey(path, venue, setting, settings.credentialsDir);
  } catch (thrown) {
    return failed(what, thrown, `chmod 600 ${shellQuote(path)}`);
  }
  if (isOffline) return { ...what, status: "OK", message: `in ${path}, not tried offline` };
  try {
    await askForCandles(health, venue, topic);
    return { ...what, status: "OK", message: `the venue takes the key in ${path}` };
  } catch (thrown) {
    if (!(thrown instanceof PipelineError) || thrown.kind !== "denied") {
      return unknown(thrown, what, `allora-pipeline predict --topic ${topic.topicId}`);
    }
    const message = `the venue refuses the key in ${path}: ${thrown.message}`;
    return { ...what, status: "CRITICAL", message, fix: pasteSecret(path, "a valid key") };
  }
}

/** One real request, for the last few candles. */
async function askForCandles(
  { venues, marketNowMs, signal, host }: Examined["health"],
  name: Keyed,
  topic: TopicSettings,
): Promise<void> {
  const nowMs = await marketNowMs();
  const { pair, intervalMs } = topic;
  const toMs = Math.floor(nowMs / intervalMs) * intervalMs;
  const venue = venues(topic).find((each) => each.name === name);
  await venue?.candles({
    ...{ pair, intervalMs, fromMs: toMs - 4 * intervalMs, toMs, nowMs, signal },
    deadlineMs: host.nowMs(),
  });
}
