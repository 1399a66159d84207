import { createHash } from "node:crypto";
import { basename } from "node:path";
import { answerOfOutput, featureRow } from "../model/feature_row.ts";
import type { Forecast } from "../model/forecast.ts";
import { readAnswer } from "../model/own_answer.ts";
import { candlesShown, ownForecast } from "../model/own_forecast.ts";
import { type Series, tail } from "../model/series.ts";
import type { OwnModel, TopicSettings } from "../settings.ts";
import { specOf } from "./artifact_store.ts";
import { askModel } from "./ask_model.ts";
import { assertAnswers, questionOf } from "./own_question.ts";
import type { ChainTimes } from "./chain_times.ts";
import { readPrediction, readSmall } from "./prediction_file.ts";
import type { Run } from "./run.ts";
import { runOnnx } from "./run_onnx.ts";

/** Larger graphs are not worth the memory of a unit that runs for seconds. */
const MAX_GRAPH_BYTES = 64 * 1024 * 1024;

/** The person's own model of the topic; undefined when a built-in learner predicts. */
export function ownModelOf({ model }: TopicSettings): OwnModel | undefined {
  return typeof model === "string" ? undefined : model;
}

/** The model as it stands in the settings. */
export function nameOfOwn(own: OwnModel): string {
  return own.kind === "http" ? own.url : `${own.kind}:${own.path}`;
}

/**
 * The forecast of the person's own model from the last stored candle; what it says is checked here.
 * Throws "unavailable", "invalid" or "config" with what is wrong with it.
 */
export async function predictByOwn(
  run: Run,
  topic: TopicSettings,
  own: OwnModel,
  stored: Series,
  times: ChainTimes,
): Promise<Forecast> {
  const spec = specOf(topic);
  const series = tail(stored, candlesShown(spec, topic.intervalMs));
  const question = questionOf(topic, series, times.nonce);
  const forecastOf = (said: unknown, subject: string, name: string) => {
    const answer = readAnswer(said, spec, subject);
    assertAnswers(said, question, subject);
    return ownForecast(answer, series, spec, name);
  };
  switch (own.kind) {
    case "http": {
      const { url } = own;
      const said = await askModel(run, url, question, topic.modelTimeoutMs);
      return forecastOf(said, `the answer of ${url}`, `http ${url.replace(/^https?:\/\//, "")}`);
    }
    case "file": {
      const maxAgeMs = topic.predictionMaxAgeMs ?? topic.intervalMs;
      const { content, bytes } = await readPrediction(run, own.path, maxAgeMs, times);
      const name = `file ${basename(own.path)} ${fingerprint(bytes)}`;
      return forecastOf(content, `the prediction in ${own.path}`, name);
    }
    case "onnx": {
      const subject = `the model in ${own.path}`;
      const graph = await readSmall(own.path, subject, MAX_GRAPH_BYTES);
      const row = featureRow(series, spec);
      const output = await runOnnx(run, {
        ...{ graph, row: row.values, subject, timeoutMs: topic.modelTimeoutMs },
      });
      const answer = answerOfOutput(output, row, spec, subject);
      return ownForecast(answer, series, spec, `onnx ${basename(own.path)} ${fingerprint(graph)}`);
    }
  }
}

/** Tells one state of a file from another in the ledger, as an artifact's id does. */
function fingerprint(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex").slice(0, 12);
}
