/**
 * Runs a graph once on the runtime in the given files. Text of a worker, because only a thread of its
 * own can be ended when a graph does not; what it answers is checked by run_onnx.ts.
 */
// The runtime looks for its files beside a page when there is one; a thread's place is none.
Object.defineProperty(globalThis, "location", { value: undefined });

self.onmessage = async ({ data: { script, wasm, graph, row } }) => {
  const answer = (said) => self.postMessage(said);
  const messageOf = (thrown) => thrown instanceof Error ? thrown.message : String(thrown);
  let runtime;
  try {
    runtime = await import(script);
    if (!["env", "Tensor", "InferenceSession"].every((name) => name in runtime)) {
      throw new Error(`${script} is not onnxruntime-web`);
    }
    // Threads would need workers of a web page; one row is too little work for them anyway.
    runtime.env.wasm.numThreads = 1;
    runtime.env.wasm.wasmBinary = await Deno.readFile(wasm);
  } catch (thrown) {
    return answer({ noRuntime: messageOf(thrown) });
  }
  try {
    const session = await runtime.InferenceSession.create(graph);
    const [input, ...more] = session.inputNames;
    if (input === undefined || more.length > 0) {
      return answer({ defect: `it has ${session.inputNames.length} inputs, not one` });
    }
    const tensor = new runtime.Tensor("float32", Float32Array.from(row), [1, row.length]);
    const output = (await session.run({ [input]: tensor }))[session.outputNames.at(-1) ?? ""];
    answer({ output: output?.data });
  } catch (thrown) {
    answer({ defect: `${messageOf(thrown)} (it is given 1 × ${row.length} features)` });
  }
};
