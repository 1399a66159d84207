import { assertEquals, assertThrows } from "@std/assert";
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

Deno.test("parseArtifact() gives back what serialiseArtifact() wrote", () => {
  assertEquals(parseArtifact(text), artifact);
  assertEquals(serialiseArtifact(parseArtifact(text)), text);
});

Deno.test("parseArtifact() names the defect of a file that is not an artifact", () => {
  const cases: [string, string][] = [
    ["", "it is not JSON"],
    [text.slice(0, 500), "it is not JSON"],
    ["[]", "format is not"],
    ['{"format":"something else"}', "format is not"],
    [text.replace('"version":1', '"version":2'), "version is 2, this program reads 1"],
    ['{"format":"allora-pipeline model","version":1}', "model is missing"],
    [text.replace('"forecasts":', '"forecasts":1'), "checksum does not match"],
    [text.replace('"checksum":"', '"checksum":"0'), "checksum does not match"],
  ];
  for (const [broken, message] of cases) {
    assertEquals(assertThrows(() => parseArtifact(broken), PipelineError, message).kind, "invalid");
  }
});

Deno.test("parseArtifact() names the field that a well-sealed artifact has wrong", () => {
  const { id: _, ...model } = artifact;
  const { ridge, calibration, spec, record } = model;
  const cases: [unknown, string][] = [
    [{ ...model, spec: { ...spec, target: "luck" } }, 'spec.target is "luck"'],
    [{ ...model, spec: { ...spec, horizonMs: -1 } }, "spec.horizonMs is -1"],
    [{ ...model, spec: { ...spec, horizonMs: 5000 } }, "spec.horizonMs 5000 is not a multiple"],
    [{ ...model, spec: { ...spec, labels: ["a", "b"] } }, 'spec.labels is ["a","b"]'],
    [{ ...model, ridge: { ...ridge, sd: ridge.sd.map(() => 0) } }, "ridge.sd is [0,0"],
    [{ ...model, ridge: { ...ridge, mean: [1] } }, "ridge.mean has 1 values for 34 features"],
    [{ ...model, ridge: { ...ridge, intercept: "0" } }, 'ridge.intercept is "0"'],
    [{ ...model, ridge: undefined }, "ridge is missing"],
    [{ ...model, calibration: { ...calibration, factor: 0 } }, "calibration.factor is 0"],
    [{ ...model, calibration: { ...calibration, quantile90: null } }, "quantile90 is null"],
    [{ ...model, record: { ...record, forecasts: 1.5 } }, "record.forecasts is 1.5"],
  ];
  for (const [content, message] of cases) {
    const json = JSON.stringify(content);
    const checksum = createHash("sha256").update(json).digest("hex");
    const sealed = `{"format":"allora-pipeline model","version":1,"checksum":"${checksum}",` +
      `"model":${json}}`;
    assertEquals(assertThrows(() => parseArtifact(sealed), PipelineError, message).kind, "invalid");
  }
});
