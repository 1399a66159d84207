/** The program as a person runs it, from the source tree. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const root = new URL("../..", import.meta.url).pathname;
const isThere = (path: string) => Deno.stat(path).then(() => true, () => false);
const config = await isThere(`${root}.npm-only.json`)
  ? `${root}.npm-only.json`
  : `${root}deno.json`;

/** The command that runs src/main.ts; its arguments follow. */
export const MAIN = [
  Deno.execPath(),
  ...["run", "-q", "-c", config, "--frozen", "-A", `${root}src/main.ts`],
] as const;

/** Runs src/main.ts in `cwd` with only these variables beside PATH and HOME. */
export async function runMain(
  args: readonly string[],
  options: { readonly cwd: string; readonly env?: Record<string, string>; readonly uid?: number },
): Promise<Ended> {
  const { cwd, env = {}, uid } = options;
  const inherited = Object.fromEntries(
    ["PATH", "HOME", "DENO_DIR", "DENO_TLS_CA_STORE"].flatMap((name) => {
      const value = Deno.env.get(name);
      return value === undefined ? [] : [[name, value]];
    }),
  );
  const [command, ...before] = MAIN;
  const { code, stdout, stderr } = await new Deno.Command(command, {
    args: [...before, ...args],
    ...{ cwd, clearEnv: true, env: { ...inherited, NO_COLOR: "1", ...env } },
    ...uid === undefined ? {} : { uid },
    ...{ stdin: "null", stdout: "piped", stderr: "piped" },
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}
