import { gunzipSync } from "node:zlib";
import type { EventName } from "../../src/events.ts";
import { rotateLogs, type RotateOptions, type Rotation } from "../../src/logs/rotate.ts";

/** 2024-05-01T09:00:00Z. */
export const NOW_MS = 1714554000000;
export const DAY_MS = 86_400_000;

/** A log directory, and rotations of it at a time of the test's choice. */
export interface RotationBench extends Disposable {
  readonly dir: string;
  nowMs: number;
  /** Events that were told, each with its fields. */
  readonly told: [EventName, Readonly<Record<string, unknown>>][];
  /** What rotations are made with. */
  readonly options: RotateOptions;
  rotate(): Promise<Rotation>;
  write(name: string, content: string | Uint8Array): string;
  /** Decompressed when it is an archive. */
  read(name: string): string;
  /** Names in the directory but the lock's, sorted. */
  names(): string[];
}

export function rotationBench(): RotationBench {
  const dir = Deno.makeTempDirSync({ prefix: "rotation-" });
  const told: RotationBench["told"] = [];
  const options: RotateOptions = {
    dir,
    keepMs: 30 * DAY_MS,
    host: { nowMs: () => bench.nowMs, reached: () => {} },
    // The audit line goes to the log, as the command's does.
    tell: (event, fields) => {
      told.push([event, fields]);
      const line = `${JSON.stringify({ event, ...fields })}\n`;
      Deno.writeTextFileSync(`${dir}/submission.log`, line, { append: true });
    },
  };
  const bench: RotationBench = {
    ...{ dir, told, options, nowMs: NOW_MS },
    rotate: () => rotateLogs(options),
    write(name, content) {
      const path = `${dir}/${name}`;
      if (typeof content === "string") Deno.writeTextFileSync(path, content);
      else Deno.writeFileSync(path, content);
      return path;
    },
    read(name) {
      const bytes = Deno.readFileSync(`${dir}/${name}`);
      return new TextDecoder().decode(name.endsWith(".gz") ? gunzipSync(bytes) : bytes);
    },
    names: () =>
      [...Deno.readDirSync(dir)].map(({ name }) => name).filter((name) => name !== "rotate.lock")
        .sort(),
    [Symbol.dispose]: () => Deno.removeSync(dir, { recursive: true }),
  };
  return bench;
}
