import { assertEquals } from "@std/assert";
import { HOURLY, type Practice, type PracticeOptions, practise } from "../cycle/practice.ts";
import { assertExact } from "../health/exact.ts";
import { runMain } from "./run_main.ts";

/** One line of the doctor. */
export interface Line {
  readonly block: string;
  readonly id: string;
  readonly topic_id: string | null;
  readonly subject: string | null;
  readonly verdict: "ok" | "warn" | "fail";
  readonly message: string;
  readonly fix: string | null;
}

/** A worker whose wallet and settings lie where the program looks for them. */
export interface Patient extends AsyncDisposable {
  readonly worker: Practice;
  readonly cwd: string;
  /** Runs the doctor; returns its exit code and lines. */
  doctor(...args: string[]): Promise<{ readonly code: number; readonly lines: readonly Line[] }>;
  text(...args: string[]): Promise<{ readonly code: number; readonly stdout: string }>;
}

/** As practise(), of which the first topic is the hourly one by the ridge. */
export async function patient(options: PracticeOptions = {}): Promise<Patient> {
  const worker = await practise({
    files: { "1": HOURLY },
    ...options,
    env: `ALLORA_MODEL=ridge\n${options.env ?? ""}`,
  });
  const cwd = worker.settings.stateDir.replace(/\/[^/]+$/, "");
  await Deno.writeTextFile(`${cwd}/data/mnemonic`, await worker.run().mnemonic(), { mode: 0o600 });
  await Deno.chmod(`${cwd}/data`, 0o700);
  const text = (...args: string[]) => runMain(["doctor", ...args], { cwd });
  return {
    ...{ worker, cwd, text },
    async doctor(...args) {
      const { code, stdout, stderr } = await text("--json", ...args);
      assertEquals(stderr, "");
      const { blocks } = JSON.parse(stdout);
      const lines = blocks.flatMap((
        { subject: block, results }: { subject: string; results: object[] },
      ) => results.map((each) => ({ ...each, block })));
      for (const { id, fix } of lines) if (fix !== null) await assertExact(fix, id);
      return { code, lines };
    },
    [Symbol.asyncDispose]: () => worker[Symbol.asyncDispose](),
  };
}

/** The only line of this id, or of this id and block. */
export function lineOf(lines: readonly Line[], id: string, block?: string): Line {
  const found = lines.filter((line) =>
    line.id === id && (block === undefined || line.block === block)
  );
  assertEquals(found.length, 1, `${id}: ${JSON.stringify(lines, null, 1)}`);
  return found[0]!;
}
