import { assert, assertEquals, assertThrows } from "@std/assert";
import { createHash } from "node:crypto";
import { PipelineError } from "../../src/errors.ts";
import { parseArtifact, serialiseArtifact } from "../../src/model/artifact.ts";
import { train } from "../../src/model/train.ts";
import { HOUR_MS, madeUpCandles } from "./synthetic.ts";

const artifact = train(madeUpCandles(2400, 1), {
  target: "log-return",
  horizonMs: 24 * HOUR_MS,
  learner: "auto",
});
const text = serialiseArtifact(artifact);
/** One that needs every learner. */
const volatility = train(madeUpCandles(2400, 2), {
  target: "volatility",
  horizonMs: 24 * HOUR_MS,
  learner: "ensemble",
});

Deno.test("parseArtifact() gives back what serialiseArtifact() wrote", () => {
  assertEquals(parseArtifact(text), artifact);
  assertEquals(serialiseArtifact(parseArtifact(text)), text);
  assert(volatility.fitted.trees !== null && volatility.fitted.har !== null);
  assertEquals(parseArtifact(serialiseArtifact(volatility)), volatility);
});

Deno.test("parseArtifact() names the defect of a file that is not an artifact", () => {
  const cases: [string, string][] = [
    ["", "it is not JSON"],
    [text.slice(0, 500), "it is not JSON"],
    ["[]", "format is not"],
    ['{"format":"something else"}', "format is not"],
    [text.replace('"version":2', '"version":1'), "version is 1, this program reads 2"],
    ['{"format":"allora-pipeline model","version":2}', "model is missing"],
    [text.replace('"forecasts":', '"forecasts":1'), "checksum does not match"],
    [text.replace('"checksum":"', '"checksum":"0'), "checksum does not match"],
  ];
  for (const [broken, message] of cases) {
    assertEquals(assertThrows(() => parseArtifact(broken), PipelineError, message).kind, "invalid");
  }
});

Deno.test("parseArtifact() names the field that a well-sealed artifact has wrong", () => {
  const { id: _, ...model } = artifact;
  const { fitted, calibration, spec, record } = model;
  const { ridge } = fitted;
  const { trees, har } = volatility.fitted;
  const withRidge = (part: unknown) => ({ ...model, fitted: { ...fitted, ridge: part } });
  const withTrees = (part: unknown) => ({ ...model, fitted: { ...fitted, trees: part } });
  const withHar = (part: unknown) => ({ ...model, fitted: { ...fitted, har: part } });
  const cases: [unknown, string][] = [
    [{ ...model, spec: { ...spec, target: "luck" } }, 'spec.target is "luck"'],
    [{ ...model, spec: { ...spec, horizonMs: -1 } }, "spec.horizonMs is -1"],
    [{ ...model, spec: { ...spec, horizonMs: 5000 } }, "spec.horizonMs 5000 is not a multiple"],
    [{ ...model, spec: { ...spec, labels: ["a", "b"] } }, 'spec.labels is ["a","b"]'],
    [withRidge({ ...ridge, sd: Array.from(ridge.sd, () => 0) }), "fitted.ridge.sd is [0,0"],
    [withRidge({ ...ridge, mean: [1] }), "fitted.ridge.mean has 1 values for 34 features"],
    [withRidge({ ...ridge, intercept: "0" }), 'fitted.ridge.intercept is "0"'],
    [withRidge(undefined), "fitted.ridge is missing"],
    [withTrees(undefined), "fitted.trees is missing"],
    [withTrees({ ...trees, depth: 0 }), "fitted.trees.depth is 0"],
    [withTrees({ ...trees, leaf: [1, 2, 3] }), "and 3 leaves at depth 3"],
    [withTrees({ ...trees, column: Array.from(trees!.column, () => 34) }), "asks for 34 of 34"],
    [withTrees({ ...trees, threshold: ["1"] }), 'fitted.trees.threshold is ["1"]'],
    [withHar({ ...har, columns: [1] }), "fitted.har has 4 coefficients for 1 columns"],
    [withHar({ ...har, columns: [1, 2, 3, 40] }), "fitted.har.columns asks for 40 of 34 features"],
    [
      { ...model, calibration: { ...calibration, weights: { trees: 0.5 } } },
      "fitted.trees is missing and counts for 0.5",
    ],
    [
      { ...model, calibration: { ...calibration, weights: { ridge: 2 } } },
      "calibration.weights.ridge is 2",
    ],
    [{ ...model, calibration: { ...calibration, factor: 0 } }, "calibration.factor is 0"],
    [{ ...model, calibration: { ...calibration, quantile90: null } }, "quantile90 is null"],
    [{ ...model, record: { ...record, forecasts: 1.5 } }, "record.forecasts is 1.5"],
  ];
  for (const [content, message] of cases) {
    const json = JSON.stringify(content);
    const checksum = createHash("sha256").update(json).digest("hex");
    const sealed = `{"format":"allora-pipeline model","version":2,"checksum":"${checksum}",` +
      `"model":${json}}`;
    assertEquals(assertThrows(() => parseArtifact(sealed), PipelineError, message).kind, "invalid");
  }
});
