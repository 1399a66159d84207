import { assertEquals } from "@std/assert";
import { type Devnet, type DevnetOptions, startDevnet } from "../../src/devnet/start.ts";
import { commandOf, type Ended, runMain } from "./run_main.ts";

/** An empty directory beside a devnet, for init to begin in. */
export interface Bench extends AsyncDisposable {
  readonly devnet: Devnet;
  readonly cwd: string;
  /** The flags of the devnet; the ensemble takes seconds to fit, and nothing here depends on it. */
  readonly flags: readonly string[];
  /** init with the devnet's flags and --yes. */
  init(...args: readonly string[]): Promise<Ended>;
  run(...args: readonly string[]): Promise<Ended>;
  /** Every file but the log, by its path, as text. */
  files(): Readonly<Record<string, string>>;
  write(path: string, text: string, mode?: number): void;
}

export async function bench(options: DevnetOptions = {}): Promise<Bench> {
  const devnet = await startDevnet({ speed: 20, ...options });
  const cwd = await Deno.makeTempDir({ prefix: "init-" });
  const flags = [
    ...["--network", "custom", "--rpc", devnet.rpcUrl, "--chain-id", devnet.chain.chainId],
    ...["--binance-url", devnet.marketUrl, "--faucet-url", devnet.rpcUrl, "--model", "ridge"],
  ];
  const run = (...args: readonly string[]) => runMain(args, { cwd });
  return {
    ...{ devnet, cwd, flags, run },
    init: (...args) => run("init", ...flags, "--yes", ...args),
    files: () =>
      Object.fromEntries(
        pathsIn(cwd).map((path) => [
          ...[path.slice(cwd.length + 1), Deno.readTextFileSync(path)] as const,
        ]),
      ),
    write: (path, text, mode = 0o600) => Deno.writeTextFileSync(`${cwd}/${path}`, text, { mode }),
    async [Symbol.asyncDispose]() {
      await devnet[Symbol.asyncDispose]();
      await Deno.remove(cwd, { recursive: true });
    },
  };
}

function pathsIn(directory: string): readonly string[] {
  return [...Deno.readDirSync(directory)].flatMap(({ name, isDirectory }) => {
    const path = `${directory}/${name}`;
    return isDirectory
      ? pathsIn(path)
      : name.endsWith(".log") || name.includes(".db")
      ? []
      : [path];
  }).sort();
}

/** The settings in a file that are not commented out. */
export function settingsIn(text: string | undefined): Readonly<Record<string, string>> {
  const lines = (text ?? "").split("\n").filter((line) => /^\w+=/.test(line));
  return Object.fromEntries(lines.map((line) => line.split(/=(.*)/s).slice(0, 2)));
}

/** script(1) gives a command a terminal of its own. */
export const hasScript = await new Deno.Command("script", { args: ["--version"], stdout: "null" })
  .output().then(() => true, () => false);

/**
 * The program on a terminal, where each of `keys` is typed once the screen shows its prompt after what
 * was shown before; all that the screen showed.
 */
export async function typeAt(
  cwd: string,
  argv: readonly string[],
  keys: readonly (readonly [prompt: string, keys: string])[],
): Promise<{ readonly code: number; readonly screen: string }> {
  const { args, env } = commandOf(argv);
  const command = [Deno.execPath(), ...args].map((arg) => `'${arg}'`).join(" ");
  const child = new Deno.Command("script", {
    args: ["-qec", command, "/dev/null"],
    ...{ cwd, clearEnv: true, env: { ...env, SHELL: "/bin/sh", TERM: "xterm" } },
    ...{ stdin: "piped", stdout: "piped", stderr: "null" },
  }).spawn();
  const writer = child.stdin.getWriter();
  const decoder = new TextDecoder();
  const waiting = [...keys];
  let screen = "";
  let seen = 0;
  for await (const chunk of child.stdout) {
    screen += decoder.decode(chunk, { stream: true });
    const [next] = waiting;
    const at = next === undefined ? -1 : screen.indexOf(next[0], seen);
    if (next === undefined || at < 0) continue;
    seen = at + next[0].length;
    waiting.shift();
    await writer.write(new TextEncoder().encode(next[1]));
  }
  await writer.close().catch(() => {});
  const { code } = await child.status;
  assertEquals(waiting.map(([prompt]) => prompt), [], screen);
  return { code, screen };
}
