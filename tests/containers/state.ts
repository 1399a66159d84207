import { gunzipSync } from "node:zlib";

/** Every line of submission.log and its archives. */
export async function logLines(dir: string): Promise<readonly string[]> {
  const names = (await Array.fromAsync(Deno.readDir(dir))).map(({ name }) => name);
  const logs = names.filter((name) => /^submission.*\.log(\.gz)?$/.test(name));
  const texts = await Promise.all(logs.map(async (name) => {
    const bytes = await Deno.readFile(`${dir}/${name}`);
    return new TextDecoder().decode(name.endsWith(".gz") ? gunzipSync(bytes) : bytes);
  }));
  return texts.flatMap((text) => text.split("\n")).filter((line) => line !== "");
}

/** The nonces that the logs say are confirmed, in order, each as often as it is said. */
export async function confirmedInLogs(dir: string): Promise<readonly number[]> {
  return (await logLines(dir)).filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line))
    .filter(({ event }) => event === "submission.confirmed")
    .map(({ nonce }) => Number(nonce))
    .sort((a, b) => a - b);
}

/** The files in the directories that are not the user's. */
export async function foreignFiles(
  dirs: readonly string[],
  uid: number,
): Promise<readonly string[]> {
  const { stdout } = await new Deno.Command("find", {
    args: [...dirs, "!", "-uid", String(uid)],
  }).output();
  return new TextDecoder().decode(stdout).split("\n").filter((path) => path !== "");
}
