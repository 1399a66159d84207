/** How the program is started: the binary itself, or deno with what it needs before the arguments. */
export type Program = readonly [command: string, ...args: string[]];

export interface Death {
  /** Whether the SIGKILL found it alive. */
  readonly isKilled: boolean;
  readonly code: number;
  readonly stderr: string;
}

/** One running process of the program. */
export interface Process {
  /** Resolves with true once stderr holds `text`, with false when the process ended without it. */
  says(text: string): Promise<boolean>;
  /** kill -9, at once. */
  kill(): Promise<Death>;
  readonly ended: Promise<Death>;
}

/** Starts the program in `dir` with nothing of this environment but `env`. */
export function start(
  [command, ...before]: Program,
  args: readonly string[],
  dir: string,
  env: Record<string, string> = {},
): Process {
  const child = new Deno.Command(command, {
    args: [...before, ...args],
    cwd: dir,
    clearEnv: true,
    env: { ...inherited(), NO_COLOR: "1", ...env },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  let stderr = "";
  let isOver = false;
  let told = Promise.withResolvers<void>();
  const read = (async () => {
    for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) {
      stderr += text;
      told.resolve();
      told = Promise.withResolvers();
    }
    isOver = true;
    told.resolve();
  })();
  const ended = (async () => {
    const [{ code, signal }] = await Promise.all([child.status, read]);
    return { isKilled: signal === "SIGKILL", code, stderr };
  })();
  return {
    ended,
    async says(text) {
      while (!stderr.includes(text) && !isOver) await told.promise;
      return stderr.includes(text);
    },
    kill() {
      try {
        child.kill("SIGKILL");
      } catch (thrown) {
        // It may have ended by itself a moment ago.
        if (!(thrown instanceof TypeError || thrown instanceof Deno.errors.NotFound)) throw thrown;
      }
      return ended;
    },
  };
}

/** Runs to the end; throws what stderr says when that is not 0. */
export async function runToEnd(program: Program, args: readonly string[], dir: string) {
  const { code, stderr } = await start(program, args, dir).ended;
  if (code !== 0) throw new Error(`${args.join(" ")} ended with ${code}: ${stderr}`);
}

/** Where deno keeps what it compiled; the binary ignores it. */
function inherited(): Record<string, string> {
  const names = ["PATH", "HOME", "DENO_DIR", "DENO_TLS_CA_STORE", "DENO_NO_UPDATE_CHECK"];
  return Object.fromEntries(names.flatMap((name) => {
    const value = Deno.env.get(name);
    return value === undefined ? [] : [[name, value]];
  }));
}
