import { assert, assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import { RUNTIME_FILES } from "../../src/cycle/run_onnx.ts";
import { predictTopic } from "../../src/cycle/predict_topic.ts";
import { candlesAsOf } from "../../src/cycle/topic_candles.ts";
import { PipelineError } from "../../src/errors.ts";
import { featureNames, featureRow } from "../../src/model/feature_row.ts";
import type { TargetKind } from "../../src/model/spec.ts";
import { onnxGraph } from "./onnx_graph.ts";
import { onnxRuntime } from "./onnx_runtime.ts";
import { HOURLY, practise } from "./practice.ts";

const HOUR_MS = 3_600_000;
const runtime = await onnxRuntime();
// Without npm, or out of its reach, there is nothing to run a graph with.
const ignore = runtime === undefined;

const namesOf = (target: TargetKind) => featureNames({ target, horizonMs: HOUR_MS }, HOUR_MS);
/** Weights that pick single features: output k is the sum of `picks[k]`. */
const picking = (target: TargetKind, picks: readonly Readonly<Record<string, number>>[]) =>
  namesOf(target).map((name) => picks.map((pick) => pick[name] ?? 0));

/** A worker whose topic's model is this graph. */
async function withGraph(graph: Uint8Array, target: TargetKind, dir = runtime, more = "") {
  const model = await Deno.makeTempFile({ suffix: ".onnx" });
  await Deno.writeFile(model, graph);
  const worker = await practise({
    files: { "1": `${HOURLY.replace("log-return", target)}ALLORA_MODEL=onnx:${model}\n${more}` },
    env: dir === undefined ? "" : `ALLORA_ONNX_RUNTIME=${dir}\n`,
  });
  const [topic] = worker.settings.topics;
  const nowMs = worker.devnet.nowMs();
  return {
    worker,
    predict: () => predictTopic(worker.run(), topic!, { baseMs: nowMs, headMs: nowMs }),
    row: () =>
      featureRow(candlesAsOf(worker.run(), topic!, nowMs), {
        ...{ target, horizonMs: HOUR_MS, learner: "auto" },
      }),
    async [Symbol.asyncDispose]() {
      await worker[Symbol.asyncDispose]();
      await Deno.remove(model);
    },
  };
}

// The runtime makes a message port when it is loaded, and keeps it; a process ends in spite of it.
const loads = { ignore, sanitizeResources: false };

Deno.test(
  "an ONNX graph sees the features by name and its output is scaled to the target",
  loads,
  async () => {
    for (const target of ["log-return", "price", "volatility"] as const) {
      const weights = picking(target, [{ log_sigma: 0.5, hour_cos: 0.125 }]);
      await using bench = await withGraph(onnxGraph({ weights }), target);
      const made = await bench.predict();
      const { names, values, scale, basePrice } = bench.row();
      assertEquals(made.basePrice === basePrice, target !== "price", "a price is the minute's");
      assertEquals(names, namesOf(target));
      const output = 0.5 * values[names.indexOf("log_sigma")]! +
        0.125 * values[names.indexOf("hour_cos")]!;
      const wanted = {
        "log-return": output * scale,
        "price": made.basePrice * Math.exp(output * scale),
        "volatility": Math.exp(output),
      }[target];
      assertAlmostEquals(made.value / wanted, 1, 1e-5);
      assert(/^onnx \w+\.onnx [0-9a-f]{12}$/.test(made.model), made.model);
    }
  },
);

Deno.test("an ONNX graph's three probabilities are those of the labels, from falling to rising", {
  ignore,
}, async () => {
  const weights = picking("labels", [{}, {}, { log_sigma: -0.2 }]);
  await using bench = await withGraph(onnxGraph({ weights, isClassifier: true }), "labels");
  const { labels = [] } = await bench.predict();
  assertEquals(labels.map(({ label }) => label), ["down", "neutral", "up"]);
  const [down, neutral, up] = labels.map(({ probability }) => probability);
  assert(up! > 0.5 && Math.abs(down! - neutral!) < 2e-6);
});

Deno.test("a visit submits what an ONNX graph says", { ignore }, async () => {
  const weights = picking("log-return", [{ log_sigma: -0.05 }]);
  await using bench = await withGraph(onnxGraph({ weights }), "log-return");
  const { worker } = bench;
  worker.stepUntil("open");
  assertEquals((await worker.visit()).exitCode, 0);
  const [row] = worker.ledger.history(1n, 1);
  assertEquals([row?.state, row?.fallback, row?.model.split(" ")[0]], ["confirmed", null, "onnx"]);
  assert(Number(row?.value) > 0);
});

Deno.test(
  "a graph that cannot be used is refused with what is wrong with it",
  { ignore },
  async () => {
    const three = picking("log-return", [{}, {}, {}]);
    const infinite = picking("log-return", [{ log_sigma: 3e38 }])
      .map(([weight]) => [weight === 0 ? 3e38 : weight!]);
    for (
      const [graph, says] of [
        [new TextEncoder().encode("not a graph"), "Cannot use the model in"],
        [new Uint8Array(), "Cannot use the model in"],
        [onnxGraph({ weights: [[1], [1]] }), "it is given 1 × 34 features"],
        [onnxGraph({ weights: three }), "it gives 3 numbers, a log-return topic takes 1"],
        [onnxGraph({ weights: infinite }), "not finite"],
      ] as const
    ) {
      await using bench = await withGraph(graph, "log-return");
      const error = await assertRejects(bench.predict, PipelineError, says);
      assertEquals(error.kind, "invalid");
    }
  },
);

Deno.test("a graph that does not end is ended, and the process goes on", async () => {
  // A runtime of our own that hangs in its thread, as a graph with an endless loop does.
  const dir = await Deno.makeTempDir();
  const [script, wasm] = RUNTIME_FILES;
  await Deno.writeTextFile(`${dir}/${script}`, HANGING);
  await Deno.writeFile(`${dir}/${wasm}`, new Uint8Array());
  await using bench = await withGraph(
    onnxGraph({ weights: picking("log-return", [{}]) }),
    "log-return",
    dir,
    "ALLORA_MODEL_TIMEOUT=300ms\n",
  );
  const error = await assertRejects(bench.predict, PipelineError, "not done within 0.3 s");
  assertEquals(error.kind, "unavailable");
  await Deno.remove(dir, { recursive: true });
});

const HANGING = `export const env = { wasm: {} };
export class Tensor {}
export const InferenceSession = { create() { for (;;); } };
`;

Deno.test("without its runtime an ONNX model says in one line what to fetch", async () => {
  const graph = onnxGraph({ weights: picking("log-return", [{}]) });
  for (
    const [dir, says] of [[undefined, "is not set"], ["/nonexistent", "No such file"]] as const
  ) {
    const model = await Deno.makeTempFile();
    await Deno.writeFile(model, graph);
    await using worker = await practise({
      files: { "1": `${HOURLY}ALLORA_MODEL=onnx:${model}\n` },
      env: dir === undefined ? "" : `ALLORA_ONNX_RUNTIME=${dir}\n`,
    });
    const nowMs = worker.devnet.nowMs();
    const error = await assertRejects(
      () =>
        predictTopic(worker.run(), worker.settings.topics[0]!, { baseMs: nowMs, headMs: nowMs }),
      PipelineError,
      says,
    );
    assertEquals(error.kind, "config");
    assert(error.hint?.includes("npm pack onnxruntime-web"));
    await Deno.remove(model);
  }
});
