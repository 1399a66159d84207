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

/** How Deno is to be started for it, with nothing of the tests' own environment but this. */
export function commandOf(args: readonly string[]) {
  const env = Object.fromEntries(
    ["PATH", "HOME", "DENO_DIR", "DENO_TLS_CA_STORE"].flatMap((name) => {
      const value = Deno.env.get(name);
      return value === undefined ? [] : [[name, value]];
    }),
  );
  return {
    args: [...MAIN.slice(1), ...args],
    env: { ...env, NO_COLOR: "1" },
  };
}

export interface MainOptions {
  readonly cwd: string;
  readonly env?: Record<string, string>;
  readonly uid?: number;
  readonly stdin?: string;
}

/** Runs src/main.ts in `cwd` with only these variables beside PATH and HOME, and `stdin` piped in. */
export async function runMain(args: readonly string[], options: MainOptions): Promise<Ended> {
  return await endOf(startMain(args, options), options.stdin);
}

/** What came of a program whose pipes are ours, once it has had `stdin`. */
export async function endOf(child: Deno.ChildProcess, stdin?: string): Promise<Ended> {
  if (stdin !== undefined) {
    const writer = child.stdin.getWriter();
    // A program that refuses before it reads closes the pipe.
    await writer.write(new TextEncoder().encode(stdin)).catch(() => {});
    await writer.close().catch(() => {});
  }
  const { code, stdout, stderr } = await child.output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

/** runMain, for the caller to wait for or to kill. */
export function startMain(args: readonly string[], options: MainOptions): Deno.ChildProcess {
  const { cwd, env = {}, uid, stdin } = options;
  const command = commandOf(args);
  return new Deno.Command(Deno.execPath(), {
    args: command.args,
    ...{ cwd, clearEnv: true, env: { ...command.env, ...env } },
    ...uid === undefined ? {} : { uid },
    ...{ stdin: stdin === undefined ? "null" : "piped", stdout: "piped", stderr: "piped" },
  }).spawn();
}
