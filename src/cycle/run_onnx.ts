import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { messageOf, PipelineError } from "../errors.ts";
import { defect } from "../model/own_answer.ts";

/** The two files of onnxruntime-web's dist/ that are needed; 14 MB, so they are no part of the program. */
export const RUNTIME_FILES = ["ort.wasm.bundle.min.mjs", "ort-wasm-simd-threaded.wasm"] as const;

/** What is used of onnxruntime-web. */
interface Runtime {
  readonly env: { readonly wasm: { numThreads: number; wasmBinary: Uint8Array } };
  readonly Tensor: new (type: "float32", data: Float32Array, shape: readonly number[]) => object;
  readonly InferenceSession: { create(model: Uint8Array): Promise<InferenceSession> };
}
interface InferenceSession {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  run(feeds: Readonly<Record<string, object>>): Promise<Readonly<Record<string, unknown>>>;
  release(): Promise<void>;
}

/**
 * What a graph of one input, float32 [1, features], gives for a row: the numbers of its only output, or
 * of the last one, where classifiers have their probabilities. Nothing is loaded before it is called.
 *
 * Throws "config" without the runtime, "invalid" for a graph that cannot be used.
 */
export async function runOnnx(
  graph: Uint8Array,
  row: Float64Array,
  runtimeDir: string | undefined,
  subject: string,
): Promise<readonly number[]> {
  const { Tensor, InferenceSession } = await loadRuntime(runtimeDir);
  let output: unknown;
  try {
    const session = await InferenceSession.create(graph);
    try {
      const [input, ...more] = session.inputNames;
      if (input === undefined || more.length > 0) {
        throw defect(subject, `it has ${session.inputNames.length} inputs, not one`);
      }
      const tensor = new Tensor("float32", Float32Array.from(row), [1, row.length]);
      output = (await session.run({ [input]: tensor }))[session.outputNames.at(-1) ?? ""];
    } finally {
      await session.release();
    }
  } catch (thrown) {
    if (thrown instanceof PipelineError) throw thrown;
    throw defect(subject, `${messageOf(thrown)} (it is given 1 × ${row.length} features)`, thrown);
  }
  const numbers = numbersOf(output);
  if (numbers !== undefined) return numbers;
  throw defect(subject, "its last output is no tensor of float or double");
}

async function loadRuntime(dir: string | undefined): Promise<Runtime> {
  if (dir === undefined) throw noRuntime("ALLORA_ONNX_RUNTIME is not set");
  const [script, wasm] = RUNTIME_FILES.map((name) => join(dir, name));
  try {
    const wasmBinary = await Deno.readFile(wasm!);
    const runtime: unknown = await import(pathToFileURL(script!).href);
    if (!isRuntime(runtime)) throw noRuntime(`${script} is not onnxruntime-web`);
    // Threads would need workers of a web page; one row is too little work for them anyway.
    runtime.env.wasm.numThreads = 1;
    runtime.env.wasm.wasmBinary = wasmBinary;
    return runtime;
  } catch (thrown) {
    if (thrown instanceof PipelineError) throw thrown;
    throw noRuntime(messageOf(thrown), thrown);
  }
}

function noRuntime(what: string, cause?: unknown): PipelineError {
  return new PipelineError("config", `Cannot run an ONNX model: ${what}`, {
    ...cause !== undefined && { cause },
    hint: `set ALLORA_ONNX_RUNTIME to a directory with ${RUNTIME_FILES.join(" and ")} from ` +
      "npm pack onnxruntime-web@1.30.0; see allora-pipeline help model",
  });
}

function isRuntime(module: unknown): module is Runtime {
  return typeof module === "object" && module !== null &&
    ["env", "Tensor", "InferenceSession"].every((name) => name in module);
}

function numbersOf(output: unknown): readonly number[] | undefined {
  if (typeof output !== "object" || output === null || !("data" in output)) return undefined;
  const { data } = output;
  const isReal = data instanceof Float32Array || data instanceof Float64Array;
  return isReal ? Array.from(data) : undefined;
}
