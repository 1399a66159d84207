import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { runMain } from "./run_main.ts";

const CANDLES = new URL("../data/btcusd_1h_2017_2024.csv.gz", import.meta.url).pathname;
const AT = ["--at", "2024-06-01T00:00:00Z"];

/** A working directory with topic 1 on recorded candles. */
async function inDirectory(model: string, work: (cwd: string) => Promise<void>): Promise<void> {
  const cwd = await Deno.makeTempDir();
  await Deno.mkdir(`${cwd}/topics`);
  await Deno.writeTextFile(
    `${cwd}/topics/1.env`,
    "ALLORA_TARGET=log-return\nALLORA_PAIR=BTC/USD\nALLORA_HORIZON=24h\nALLORA_HISTORY=60d\n" +
      `ALLORA_VENUES=csv:${CANDLES}\nALLORA_MODEL=${model}\n`,
  );
  await work(cwd);
  await Deno.remove(cwd, { recursive: true });
}

Deno.test("train has nothing to do for a model of one's own, and needs no chain to say so", async () => {
  await inDirectory("http://127.0.0.1:1/", async (cwd) => {
    const { code, stdout, stderr } = await runMain(["train"], { cwd });
    assertEquals([code, stdout], [0, ""]);
    assertStringIncludes(stderr, "nothing to train: the model is http://127.0.0.1:1/");
    const machine = await runMain(["train", "--json"], { cwd });
    assertEquals([machine.code, machine.stdout], [0, '{"models":[]}\n']);
  });
});

Deno.test("predict says in one line why a model of one's own gave nothing", async () => {
  await inDirectory("http://127.0.0.1:1/", async (cwd) => {
    const { code, stderr } = await runMain(["predict", ...AT], { cwd });
    assertEquals(code, 69);
    assertStringIncludes(stderr, "Cannot ask the model at http://127.0.0.1:1/");
  });
});

Deno.test("features prints what a model is given, and what came, in the order of help model", async () => {
  await inDirectory("auto", async (cwd) => {
    const { code, stdout } = await runMain(["features", ...AT], { cwd });
    assertEquals(code, 0);
    const [head, ...lines] = stdout.trim().split("\n").map((line) => line.split(","));
    assertEquals([head!.length, head![0], head![1], head!.at(-1)], [
      36,
      "as_of",
      "return_1",
      "target",
    ]);
    const help = (await runMain(["help", "model"], { cwd })).stdout.replace(/\s+/g, " ");
    assertStringIncludes(help, head!.slice(1, -1).join(", "));
    assert(lines.every((fields) => fields.length === 36));
    const targets = lines.map((fields) => fields.at(-1));
    assertEquals(targets.slice(-25).filter((target) => target === "").length, 24);
    const earlier = targets.slice(0, -25).map(Number);
    assert(earlier.length > 600 && earlier.every(Number.isFinite));
  });
});
