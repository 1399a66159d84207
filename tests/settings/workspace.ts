import { loadSettings, type Settings } from "../../src/settings.ts";
import { PipelineError } from "../../src/errors.ts";

/** Settings of a working directory that holds the given files, as a person would run the program there. */
export interface Workspace extends Disposable {
  readonly cwd: string;
  /** Bytes or text; directories are made. */
  write(path: string, content: string | Uint8Array): void;
  read(path: string): string;
  load(input?: { flags?: Record<string, string>; env?: Record<string, string> }): Settings;
  /** The error of loading these settings. */
  failure(input?: { flags?: Record<string, string>; env?: Record<string, string> }): PipelineError;
}

export const TOPIC = "ALLORA_TARGET=log-return\nALLORA_PAIR=BTC/USD\nALLORA_HORIZON=24h\n";

export function workspace(files: Record<string, string | Uint8Array> = {}): Workspace {
  const cwd = Deno.makeTempDirSync({ prefix: "settings-" });
  const self: Workspace = {
    cwd,
    write(path, content) {
      Deno.mkdirSync(`${cwd}/${path}`.replace(/[^/]*$/, ""), { recursive: true });
      if (typeof content === "string") Deno.writeTextFileSync(`${cwd}/${path}`, content);
      else Deno.writeFileSync(`${cwd}/${path}`, content);
    },
    read: (path) => Deno.readTextFileSync(`${cwd}/${path}`),
    load: ({ flags = {}, env = {} } = {}) =>
      loadSettings({ flags, env, cwd, root: `${cwd}/machine` }),
    failure(input) {
      try {
        const [broken] = self.load(input).broken;
        if (broken !== undefined) return broken.error;
      } catch (thrown) {
        if (thrown instanceof PipelineError) return thrown;
        throw thrown;
      }
      throw new Error("the settings were accepted");
    },
    [Symbol.dispose]: () => Deno.removeSync(cwd, { recursive: true }),
  };
  for (const [path, content] of Object.entries(files)) self.write(path, content);
  return self;
}
