import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { runMain } from "./run_main.ts";

const DATA = new URL("../data/btcusd_1h_2017_2024.csv.gz", import.meta.url);

Deno.test("models are trained, listed, compared and rolled back by a person at the keyboard", async () => {
  const cwd = await Deno.makeTempDir();
  await Deno.mkdir(`${cwd}/topics`);
  const csv = new Blob([await Deno.readFile(DATA)]).stream()
    .pipeThrough(new DecompressionStream("gzip"));
  await Deno.writeFile(`${cwd}/btc.csv`, csv);
  await Deno.writeTextFile(
    `${cwd}/topics/1.env`,
    "ALLORA_TARGET=log-return\nALLORA_PAIR=BTC/USD\nALLORA_HORIZON=1h\nALLORA_MODEL=ridge\n" +
      "ALLORA_VENUES=csv:btc.csv\nALLORA_HISTORY=400d\nALLORA_MODEL_MAX_AGE=90d\n",
  );
  const main = async (...args: string[]) => {
    const ended = await runMain(args, { cwd });
    return { ...ended, text: ended.stdout + ended.stderr };
  };
  const json = async (...args: string[]) => JSON.parse((await main(...args, "--json")).stdout);

  const none = await main("models");
  assertEquals([none.code, none.stdout.includes("no model is kept")], [0, true], none.text);
  assertEquals((await main("models", "rollback", "--topic", "1")).code, 65);

  const first = await main("train", "--at", "2024-06-01");
  assertEquals(first.code, 0, first.text);
  assertStringIncludes(first.stdout, "promoted: it is the topic's first");
  const soon = await json("train", "--at", "2024-06-03");
  assertEquals(soon.models[0].promoted, false);
  assertStringIncludes(soon.models[0].reason, "harm cannot be excluded");
  const later = await main("train", "--at", "2024-08-01", "--topic", "1");
  assertMatch(
    later.stdout,
    /promoted over [0-9a-f]{12}: harm is excluded|not promoted, [0-9a-f]{12}/,
  );
  const [forced] = (await json("train", "--at", "2024-10-01", "--force")).models;
  assertEquals([forced.promoted, forced.reason], [true, "it was wanted in any case"]);
  assertEquals((await main("train", "--force", "--keep")).code, 64);

  const { topics: [{ promoted, models }] } = await json("models");
  assertEquals([promoted, models.length], [forced.model, 4]);
  assertEquals(models[0].parent, forced.incumbent);
  assertEquals(models[0].venues, [`csv:${cwd}/btc.csv`]);
  const list = await main("models", "--topic", "1");
  assert(
    list.stdout.split("\n").some((line) => /promoted .*2024-09-30T23:00Z/.test(line)),
    list.text,
  );

  const [a, b] = [models[3].id, models[2].id];
  const two = await main("models", "--topic", "1", a, b);
  assertEquals(two.code, 0, two.text);
  assertStringIncludes(two.stdout, `${a} against ${b} on what came after both: on `);
  const { since } = await json("models", "--topic", "1", a, b);
  assert(since.forecasts > 1000 && since.mse_ratio.low <= since.mse_ratio.high);
  assertEquals((await main("models", a, b)).code, 64);

  assertStringIncludes(list.stdout, `${forced.model} predicts: it was wanted in any case`);
  const ridge = await Deno.readTextFile(`${cwd}/topics/1.env`);
  await Deno.writeTextFile(`${cwd}/topics/1.env`, ridge.replace("=ridge", "=mean"));
  const [other] = (await json("train", "--at", "2024-10-02")).models;
  assertEquals([other.learner, other.promoted], ["mean", false]);
  assertStringIncludes(other.reason, "is of another learner, ridge, and this one is not shown");
  assertEquals((await json("models")).topics[0].promoted, forced.model);
  await Deno.writeTextFile(`${cwd}/topics/1.env`, ridge);

  const back = await main("models", "rollback", "--topic", "1");
  assertStringIncludes(back.stdout, `model ${forced.incumbent}, trained to `);
  const to = await json("models", "rollback", "--topic", "1", a.slice(0, 8));
  assertEquals([to.model, to.before], [a, forced.incumbent]);
  assertEquals((await json("models")).topics[0].models.length, 5, "none is deleted");
  assertEquals((await main("models", "rollback", "--topic", "1", "zzz")).code, 64);
  assertEquals((await main("models", "rollback")).code, 64);
  await Deno.remove(cwd, { recursive: true });
});
