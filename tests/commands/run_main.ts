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

export interface MainOptions {
  readonly cwd: string;
  readonly env?: Record<string, string>;
  readonly uid?: number;
}

/** Runs src/main.ts in `cwd` with only these variables beside PATH and HOME. */
export async function runMain(args: readonly string[], options: MainOptions): Promise<Ended> {
  const { code, stdout, stderr } = await startMain(args, options).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

/** The same, while it runs. */
export function startMain(
  args: readonly string[],
  { cwd, env = {}, uid }: MainOptions,
): Deno.ChildProcess {
  const inherited = Object.fromEntries(
    ["PATH", "HOME", "DENO_DIR", "DENO_TLS_CA_STORE"].flatMap((name) => {
      const value = Deno.env.get(name);
      return value === undefined ? [] : [[name, value]];
    }),
  );
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-q", "-c", config, "--frozen", "-A", `${root}src/main.ts`, ...args],
    ...{ cwd, clearEnv: true, env: { ...inherited, NO_COLOR: "1", ...env } },
    ...uid === undefined ? {} : { uid },
    ...{ stdin: "null", stdout: "piped", stderr: "piped" },
  }).spawn();
}
