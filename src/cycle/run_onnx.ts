import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { messageOf, PipelineError } from "../errors.ts";
import { deadline } from "../host/deadline.ts";
import { isRecord } from "../model/artifact_shape.ts";
import { defect } from "../model/own_answer.ts";
import source from "./onnx_worker.js" with { type: "text" };
import type { Run } from "./run.ts";

/** The two files of onnxruntime-web's dist/ that are needed; 14 MB, so they are no part of the program. */
export const RUNTIME_FILES = ["ort.wasm.bundle.min.mjs", "ort-wasm-simd-threaded.wasm"] as const;

/** What to run: a graph of one input, float32 [1, features], and its row. */
export interface OnnxTask {
  readonly graph: Uint8Array;
  readonly row: Float64Array;
  /** What the graph is called in errors. */
  readonly subject: string;
  /** How long loading and running may take, and never more than half of the visit's time. */
  readonly timeoutMs: number;
}

/**
 * What the graph gives for the row: the numbers of its only output, or of the last one, where
 * classifiers have their probabilities. Nothing is loaded before it is called; it runs in a thread of
 * its own, which is ended when its time is up.
 *
 * Throws "config" without the runtime, "invalid" for a graph that cannot be used, "unavailable" for one
 * that does not end.
 */
export async function runOnnx(
  { settings: { onnxRuntime, runTimeoutMs }, signal }: Run,
  { graph, row, subject, timeoutMs }: OnnxTask,
): Promise<readonly number[]> {
  const [script, wasm] = await runtimeIn(onnxRuntime);
  // A compiled program finds no blob: of its own.
  const url = `data:text/javascript,${encodeURIComponent(source)}`;
  const worker = new Worker(url, { type: "module" });
  using limit = deadline(Math.min(timeoutMs, runTimeoutMs / 2), signal);
  try {
    const said = await answerOf(worker, { script, wasm, graph, row }, limit.signal);
    return numbersOf(said, subject);
  } catch (thrown) {
    if (thrown instanceof PipelineError) throw thrown;
    throw new PipelineError("unavailable", `Cannot run ${subject}: ${messageOf(thrown)}`, {
      cause: thrown,
      hint: "look at the graph, or at ALLORA_MODEL_TIMEOUT",
    });
  } finally {
    worker.terminate();
  }
}

function answerOf(worker: Worker, task: unknown, signal: AbortSignal): Promise<unknown> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = (event) => {
      event.preventDefault();
      reject(new Error(event.message));
    };
    worker.postMessage(task);
  });
}

/** The runtime's files; a thread that dies of a missing one would say less. */
async function runtimeIn(dir: string | undefined): Promise<readonly [string, string]> {
  if (dir === undefined) throw noRuntime("ALLORA_ONNX_RUNTIME is not set");
  const [script, wasm] = [join(dir, RUNTIME_FILES[0]), join(dir, RUNTIME_FILES[1])];
  try {
    for (const path of [script, wasm]) await Deno.stat(path);
  } catch (thrown) {
    throw noRuntime(messageOf(thrown), thrown);
  }
  return [pathToFileURL(script).href, wasm];
}

function noRuntime(what: string, cause?: unknown): PipelineError {
  return new PipelineError("config", `Cannot run an ONNX model: ${what}`, {
    ...cause !== undefined && { cause },
    hint: `set ALLORA_ONNX_RUNTIME to a directory with ${RUNTIME_FILES.join(" and ")} from ` +
      "npm pack onnxruntime-web@1.30.0; see allora-pipeline help model",
  });
}

function numbersOf(said: unknown, subject: string): readonly number[] {
  const { output, defect: wrong, noRuntime: missing } = isRecord(said) ? said : {};
  if (typeof missing === "string") throw noRuntime(missing);
  if (typeof wrong === "string") throw defect(subject, wrong);
  const isReal = output instanceof Float32Array || output instanceof Float64Array;
  if (isReal) return Array.from(output);
  throw defect(subject, "its last output is no tensor of float or double");
}
