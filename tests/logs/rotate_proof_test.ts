import { assert, assertEquals } from "@std/assert";
import { gunzipSync } from "node:zlib";
import { ROTATION_POINTS } from "../../src/host/crash_point.ts";
import { MAIN } from "../commands/run_main.ts";
import { type Process, start } from "../faults/kill_program.ts";

const WRITERS = ["a", "b", "c"];
const LINES = 40_000;
const MOST_TRIES = 20;
const WRITE = new URL("write_numbered.ts", import.meta.url).pathname;

Deno.test("three writers lose no line to rotations, though one is killed at each of its steps", async () => {
  const dir = await Deno.makeTempDir({ prefix: "rotate-" });
  const logs = `${dir}/logs`;
  const rotate = (env: Record<string, string> = {}) => start(MAIN, ["rotate"], dir, env);
  const program = [MAIN[0], ...MAIN.slice(1, -1), WRITE] as const;
  const writers = WRITERS.map((id) =>
    start(program, [`${logs}/submission.log`, id, String(LINES), `${dir}/go`], dir)
  );
  const rotateToEnd = async () => {
    const { code, stderr } = await rotate().ended;
    assertEquals(code, 0, stderr);
  };
  try {
    for (const point of ROTATION_POINTS) {
      // It comes by every point once there is a segment that nobody holds any more.
      for (let tries = 0; !await killedAt(rotate({ HOLD_AT: point }), point); tries++) {
        assert(tries < MOST_TRIES, `no rotation came to ${point}`);
      }
      await rotateToEnd();
    }
    Deno.writeTextFileSync(`${dir}/go`, "");
    const writing = Promise.all(writers.map(({ ended }) => ended));
    let isOver = false;
    writing.then(() => isOver = true);
    while (!isOver) await rotateToEnd();
    assertEquals((await writing).map(({ code }) => code), [0, 0, 0]);
    await rotateToEnd();
    const names = [...Deno.readDirSync(logs)].map(({ name }) => name);
    const rest = names.filter((name) => !name.endsWith(".log.gz")).sort();
    assertEquals(rest, ["rotate.done", "rotate.lock", "submission.log"]);
    const seen = linesIn(logs, names.filter((name) => !name.startsWith("rotate.")));
    assertEquals(seen.length, WRITERS.length * LINES);
    assertEquals(new Set(seen).size, WRITERS.length * LINES);
  } finally {
    await Promise.all(writers.map((writer) => writer.kill()));
    await Deno.remove(dir, { recursive: true });
  }
});

/** Whether the rotation came to the point, where it is killed; it may have had no segment to work on. */
async function killedAt(rotation: Process, point: string): Promise<boolean> {
  const isThere = await rotation.says(`held at ${point}`);
  await rotation.kill();
  return isThere;
}

/** The writers' lines in all files; those of the program itself are left out. */
function linesIn(dir: string, names: readonly string[]): string[] {
  return names.flatMap((name) => {
    const bytes = Deno.readFileSync(`${dir}/${name}`);
    const text = new TextDecoder().decode(name.endsWith(".gz") ? gunzipSync(bytes) : bytes);
    return text.split("\n").filter((line) => line !== "" && !line.startsWith("{"));
  });
}
