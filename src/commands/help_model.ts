import { featureNames } from "../model/feature_row.ts";
import { DAY_MS, HOUR_MS } from "../model/series.ts";

/** What `help model` prints. */
export function modelHelp(): string {
  const returns = featureNames({ target: "log-return", horizonMs: DAY_MS }, HOUR_MS);
  const volatility = featureNames({ target: "volatility", horizonMs: DAY_MS }, HOUR_MS);
  return `${MODEL_TEXT}
${indented(`log-return, price, labels (${returns.length}): ${returns.join(", ")}`)}
${indented(`volatility over 24h (${volatility.length}): ${volatility.join(", ")}`)}
`;
}

function indented(text: string): string {
  return text.replace(/(.{1,96})(?: |$)/g, "    $1\n").trimEnd();
}

const MODEL_TEXT = `Models of your own (ALLORA_MODEL in a topic's file)

Whatever answers, its prediction passes the same checks as a built-in one: types, bounds, what the
topic's volatility allows. When it fails in an open window, the shrunk mean is submitted in its place,
marked as such; with ALLORA_FALLBACK=no nothing is, and the next visit of the window asks again.
"train" has nothing to do for such a topic; "evaluate" judges the built-in learners.

ALLORA_MODEL=http://127.0.0.1:8000/predict      (or https; this program starts none: serve yours)
  is asked by POST, JSON both ways, status 200 within ALLORA_MODEL_TIMEOUT. It is sent
    topic_id, target, pair, horizon_seconds, interval_seconds, nonce (null if none), as_of, base_price,
    labels and barrier (labels topics), and candles: columns open_ms, open, high, low, close, volume,
    real (0: a gap that was filled), oldest first, at least 720 where there are so many; the last one
    ends at as_of and closes at base_price.
  and answers
    {"value": 0.0012}                     a log-return, a price, or a volatility over the horizon
    {"labels": {"down": 0.3, "neutral": 0.4, "up": 0.3}}      all labels; they sum to 1
  with, if it has them, "low" and "high" (90 % interval), "sigma" (volatility over the horizon). Without
  them both come from the candles' own volatility. What it repeats of the question has to be the same.

ALLORA_MODEL=file:/var/lib/mine/67.json
  is read when a prediction is made: the same answer, and "made_at": "2024-12-31T09:00:00Z", which must
  not be older than ALLORA_PREDICTION_MAX_AGE when the window opens. "nonce", "pair" and "horizon" are
  compared when they are there. Write it under another name and rename it.

ALLORA_MODEL=onnx:/var/lib/mine/67.onnx
  runs in this program, on onnxruntime-web. That is 14 MB and no part of it: fetch it once,
    npm pack onnxruntime-web@1.30.0 && tar xzf onnxruntime-web-1.30.0.tgz
  and set ALLORA_ONNX_RUNTIME=…/package/dist, a directory that only you can write: it is code that runs.
  A graph that takes longer than ALLORA_MODEL_TIMEOUT is ended.
  One input, float32 [1, features]; the last output is read: one number, or three probabilities.
    log-return, price   the log-return, divided by the volatility over the horizon (a price is made of
                        it with the price at the window's minute)
    volatility          the natural logarithm of the volatility over the horizon
    labels              falling, neither, rising
  "allora-pipeline features --topic N" prints rows to train with: features and what came of them.
  Features, in this order, as the built-in ridge has them before it takes off its training mean and
  divides by its training deviation (put that into the graph), for candles of an hour:`;
