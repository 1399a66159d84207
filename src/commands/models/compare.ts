import { compareKept } from "../../cycle/compare_kept.ts";
import { readPromotion } from "../../cycle/artifact_store.ts";
import { liveErrorOf, resolvedSubmissions } from "../../cycle/live_error.ts";
import { wordsOf } from "../../cycle/promote.ts";
import { namedModel } from "../../cycle/roll_back.ts";
import { table } from "../../host/terminal.ts";
import type { TopicSettings } from "../../settings.ts";
import type { Invocation } from "../command.ts";
import type { OpenRun } from "../open_run.ts";
import type { Terminal } from "../terminal_io.ts";
import { modelJson, ratioText, type Shown, timeText } from "./shown.ts";

/** Two models of a topic beside each other, and the first against the second on what came since. */
export async function compareTwo(
  run: OpenRun,
  topic: TopicSettings,
  ids: readonly [string, string],
  { json }: Invocation,
  terminal: Terminal,
): Promise<number> {
  const { stateDir } = run.settings;
  const { topicId } = topic;
  const promoted = await readPromotion(stateDir, topicId).catch(() => undefined);
  const resolved = resolvedSubmissions(run.ledger, topicId);
  const shownOf = async (id: string): Promise<Shown> => {
    const kept = await namedModel(stateDir, topicId, id);
    return {
      ...kept,
      isPromoted: kept.artifact.id === promoted?.id,
      live: liveErrorOf(resolved, kept.artifact.id),
    };
  };
  const [first, second] = [await shownOf(ids[0]), await shownOf(ids[1])];
  const since = compareKept(run, topic, first, second);
  if (json) {
    const { forecasts = 0, stretches = 0, ratio = null } = since ?? {};
    terminal.out(`${
      JSON.stringify({
        topic_id: String(topicId),
        models: [modelJson(first), modelJson(second)],
        since: { forecasts, independent_stretches: stretches, mse_ratio: ratio },
      })
    }\n`);
    return 0;
  }
  const rows = [...factsOf(first)].map(([name, value], i) => [name, value, factsOf(second)[i]![1]]);
  const verdict = since === undefined
    ? "they forecast different things, or no candles came after: there is nothing to compare"
    : `${first.artifact.id} against ${second.artifact.id} on what came after both: ${
      wordsOf(since)
    }`;
  terminal.out(`${table(rows)}\n\n${verdict}\n`);
  return 0;
}

function factsOf({ artifact, lineage, isPromoted, live }: Shown): readonly [string, string][] {
  const { id, spec, record, calibration, trainedFromMs, trainedToMs } = artifact;
  return [
    ["model", id],
    ["state", isPromoted ? "promoted" : "kept"],
    ["learner", spec.learner],
    ["trained from", timeText(trainedFromMs)],
    ["trained to", timeText(trainedToMs)],
    ["made", lineage === undefined ? "" : timeText(lineage.madeMs)],
    ["made because", lineage?.why ?? ""],
    ["parent", lineage?.parent ?? ""],
    ["made by", lineage?.code ?? ""],
    ["venues", lineage?.venues.join(", ") ?? ""],
    ["candles", lineage?.candles?.sha256.slice(0, 12) ?? ""],
    ["forecasts judged", String(record.forecasts)],
    ["mse ratio", ratioText(record.mseRatio)],
    ["unshrunk", ratioText(record.mseRatioUnshrunk)],
    ["shrinkage", calibration.factor.toPrecision(2)],
    ["live epochs", String(live.epochs)],
    ["live mse ratio", ratioText(live.mseRatio)],
  ];
}
