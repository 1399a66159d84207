import { RUNTIME_FILES } from "../../src/cycle/run_onnx.ts";

const TOOLS = new URL("../../.tools", import.meta.url).pathname;
const RUNTIME = `${TOOLS}/onnxruntime-web`;

/** A directory with the ONNX runtime, fetched once as help model says; undefined where that cannot be. */
export async function onnxRuntime(): Promise<string | undefined> {
  if (await Deno.stat(RUNTIME).then(() => true, () => false)) return RUNTIME;
  await Deno.mkdir(TOOLS, { recursive: true });
  const dir = await Deno.makeTempDir({ dir: TOOLS, prefix: "onnxruntime-" });
  const members = RUNTIME_FILES.map((name) => `package/dist/${name}`).join(" ");
  const { success } = await new Deno.Command("sh", {
    args: [
      "-ec",
      `npm pack --silent onnxruntime-web@1.30.0 && tar xzf onnxruntime-web-1.30.0.tgz ${members}`,
    ],
    ...{ cwd: dir, stdout: "null", stderr: "null" },
  }).output();
  if (success) await Deno.rename(`${dir}/package/dist`, RUNTIME).catch(() => {});
  await Deno.remove(dir, { recursive: true });
  return success ? RUNTIME : undefined;
}
