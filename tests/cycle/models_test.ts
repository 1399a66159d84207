import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import {
  readArtifact,
  readPromoted,
  readPromotion,
  writePromotion,
} from "../../src/cycle/artifact_store.ts";
import { keptModels, saveModel } from "../../src/cycle/model_files.ts";
import { decide } from "../../src/cycle/promote.ts";
import { rollBack } from "../../src/cycle/roll_back.ts";
import { runCycle } from "../../src/cycle/run_cycle.ts";
import { refreshCandles } from "../../src/cycle/topic_candles.ts";
import { trainTopic } from "../../src/cycle/train_topic.ts";
import { PipelineError } from "../../src/errors.ts";
import type { Ledger } from "../../src/ledger/ledger.ts";
import { openCandleStore } from "../../src/market/store.ts";
import { statePaths } from "../../src/host/paths.ts";
import { type Artifact, sealArtifact, serialiseArtifact } from "../../src/model/artifact.ts";
import { train } from "../../src/model/train.ts";
import type { Settings } from "../../src/settings.ts";
import { madeUpCandles } from "../model/synthetic.ts";
import { MAIN } from "../commands/run_main.ts";
import { practise } from "./practice.ts";

const DAY_MS = 86_400_000;
const artifact = train(madeUpCandles(3000, 1), {
  ...{ target: "log-return", horizonMs: 3_600_000, learner: "auto", barrier: 1 },
  labels: ["down", "neutral", "up"],
});

function changed(by: number, from: Artifact = artifact): Artifact {
  const { id: _, ...content } = from;
  return sealArtifact({ ...content, fitted: { ...content.fitted, mean: by } });
}

Deno.test("after SIGKILL in the middle of a promotion the old model predicts or the new one, never none", async () => {
  const stateDir = await Deno.makeTempDir();
  const path = `${stateDir}/model.json`;
  await Deno.writeTextFile(path, serialiseArtifact(artifact));
  const script = new URL("promote_forever.ts", import.meta.url).pathname;
  for (let round = 0; round < 8; round++) {
    const child = new Deno.Command(MAIN[0], {
      args: [...MAIN.slice(1, -1), script, stateDir, path],
      ...{ stdout: "piped", stderr: "inherit" },
    }).spawn();
    const reader = child.stdout.getReader();
    await reader.read();
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 30));
    child.kill("SIGKILL");
    await child.status;
    await reader.cancel();
    const promoted = await readPromoted(stateDir, { topicId: 1n });
    assertEquals(promoted?.lineage?.why, "again");
    const parent = promoted!.lineage!.parent;
    const { kept, damaged } = await keptModels(stateDir, 1n);
    assertEquals(damaged, []);
    assert(
      parent === null || kept.some(({ artifact }) => artifact.id === parent),
      "its parent is kept",
    );
  }
  await Deno.remove(stateDir, { recursive: true });
});

Deno.test("the one model of an earlier version is taken over once, bit for bit", async () => {
  const stateDir = await Deno.makeTempDir();
  const old = statePaths(stateDir).oldModel(1n);
  await Deno.mkdir(`${stateDir}/models`);
  await Deno.writeTextFile(old, serialiseArtifact(artifact));
  assertEquals((await readPromoted(stateDir, { topicId: 1n }))?.artifact, artifact);
  await assertRejects(() => Deno.stat(old), Deno.errors.NotFound);
  const again = await readPromoted(stateDir, { topicId: 1n });
  assertEquals(again?.artifact, artifact);
  assertEquals(again?.lineage?.candles, null);
  assertEquals((await readPromotion(stateDir, 1n))?.id, artifact.id);
  // A crash before the old file was deleted leaves it there: it is of no account.
  await Deno.writeTextFile(old, serialiseArtifact(changed(1)));
  assertEquals((await readPromoted(stateDir, { topicId: 1n }))?.artifact.id, artifact.id);
  await Deno.remove(stateDir, { recursive: true });
});

Deno.test("a candidate is promoted when it is first, forced, over an old or useless one, or harmless", () => {
  const better = { value: 1, low: 0.99, high: 1.01 };
  const harmful = { value: 1.1, low: 1.01, high: 1.2 };
  const comparison = { forecasts: 200, stretches: 20, fromMs: 1, toMs: 2, ratio: better };
  const contest = {
    ...{ mode: "compare" as const, candidate: changed(1), incumbent: artifact, comparison },
    ...{ unusable: undefined, record: comparison, isPinned: false },
    ...{ nowMs: artifact.trainedToMs + DAY_MS, maxAgeMs: 30 * DAY_MS },
  };
  const old = { nowMs: artifact.trainedToMs + 31 * DAY_MS };
  const unknown = { ...comparison, stretches: 3, ratio: null };
  const open = { ...comparison, ratio: { value: 1.02, low: 0.98, high: 1.06 } };
  const shown = { ...comparison, ratio: harmful };
  const other = {
    candidate: { ...changed(1), spec: { ...artifact.spec, learner: "ridge" as const } },
  };
  const clear = { ...comparison, ratio: { value: 0.9, low: 0.85, high: 0.95 } };
  const cases: [Partial<Parameters<typeof decide>[0]>, boolean, string][] = [
    [{}, true, "harm is excluded: on 200 forecasts"],
    [
      { comparison: { ...comparison, ratio: harmful } },
      false,
      "1.1000 of the other's",
    ],
    [{ comparison: { ...comparison, stretches: 3, ratio: null } }, false, "8 stretches are needed"],
    [{ comparison: null }, true, "features"],
    [{ incumbent: undefined, comparison: null }, true, "first"],
    [{ incumbent: undefined, unusable: "it is damaged" }, true, "it is damaged"],
    [{ comparison: { ...comparison, ratio: harmful }, mode: "force" }, true, "in any case"],
    [{ mode: "keep" }, false, "no promotion was wanted"],
    [{ ...old, comparison: unknown }, true, "31 days old"],
    [{ ...old, comparison: unknown, record: open }, false, "harm cannot be excluded either"],
    [{ ...old, comparison: unknown, record: unknown }, false, "harm cannot be excluded either"],
    [{ ...old, comparison: unknown, record: shown }, false, "31 days old, more than 30, but"],
    [{ ...old, comparison: open }, true, "31 days old"],
    [{ ...old, comparison: shown }, false, "it does harm: on 200 forecasts"],
    [{ ...old, comparison: { ...comparison, ratio: { value: 3, low: 2, high: 4 } } }, false, "3.0"],
    [{ ...old, comparison: unknown, isPinned: true }, false, "was rolled back to"],
    [{ isPinned: true }, false, "not shown to be better"],
    [{ comparison: clear, isPinned: true }, true, "was rolled back to, and this one is better"],
    [{ ...other }, false, "is of another learner, auto, and this one is not shown to be better"],
    [{ ...other, ...old, comparison: unknown }, false, "which only --force overrules"],
    [{ ...other, comparison: clear }, true, "is of another learner, auto, and this one is better"],
    [{ ...other, mode: "force" }, true, "in any case"],
    [{ candidate: artifact, mode: "force" }, false, "the same model"],
  ];
  for (const [change, isPromoted, words] of cases) {
    const decision = decide({ ...contest, ...change });
    assertEquals(decision.isPromoted, isPromoted, words);
    assertStringIncludes(decision.reason, words);
  }
});

Deno.test("models are trained, kept, forced, pruned and rolled back", async () => {
  await using worker = await practise({ env: "ALLORA_MODELS_KEEP=2\n" });
  const { devnet, settings: { stateDir, topics }, told } = worker;
  const [topic] = topics;
  const first = (await readPromotion(stateDir, 1n))!.id;
  const { lineage } = (await readPromoted(stateDir, topic!))!;
  assertEquals([lineage!.why, lineage!.pair, lineage!.venues], ["practice", "BTC/USD", [
    "binance",
  ]]);
  assertEquals([lineage!.code, lineage!.parent], ["of a test", null]);

  // A day later nothing excludes harm: the new one is kept beside.
  devnet.step(17_280);
  const kept = await trainTopic(worker.run(), topic!, devnet.nowMs(), { why: "again" });
  assertEquals([kept.decision.isPromoted, kept.incumbent?.id], [false, first]);
  assertStringIncludes(kept.decision.reason, "8 stretches are needed");
  assertEquals((await readPromotion(stateDir, 1n))?.id, first);
  assert(told.some(({ event }) => event === "model.kept"));

  const again = await rollBack(worker.run(), topic!, kept.artifact.id.slice(0, 6));
  assertEquals([again.from, again.to.artifact.id], [first, kept.artifact.id]);
  assertEquals((await readArtifact(stateDir, topic!))?.id, kept.artifact.id);
  // The parent of what was promoted by hand is the one it was compared with.
  assertEquals((await rollBack(worker.run(), topic!, undefined)).to.artifact.id, first);
  await assertRejects(
    () => rollBack(worker.run(), topic!, undefined),
    PipelineError,
    "no other's place",
  );
  await assertRejects(
    () => rollBack(worker.run(), topic!, "fff"),
    PipelineError,
    "no model kept so",
  );
  const other = { ...topic!, horizonMs: 2 * topic!.horizonMs };
  await assertRejects(
    () => rollBack(worker.run(), other, first),
    PipelineError,
    "settings say otherwise",
  );

  // Whatever its age, what a person rolled back to stays.
  const old = { ...topic!, modelMaxAgeMs: 1 };
  const aged = await trainTopic(worker.run(), old, devnet.nowMs(), { why: "old" });
  assertStringIncludes(aged.decision.reason, "rolled back to");

  devnet.step(720);
  const forced = await trainTopic(worker.run(), topic!, devnet.nowMs(), {
    why: "by hand",
    mode: "force",
  });
  assertEquals(forced.decision.isPromoted, true);
  const ids = (await keptModels(stateDir, 1n)).kept.map(({ artifact }) => artifact.id);
  assertEquals(ids.length, 3, "two are kept, and the parent");
  assert(ids.includes(first) && ids.includes(forced.artifact.id));
  assertEquals((await readPromotion(stateDir, 1n))?.isPinned, false);

  // Those that are not promoted are pruned too.
  for (let days = 0; days < 2; days++) {
    devnet.step(720);
    await trainTopic(worker.run(), topic!, devnet.nowMs(), { why: "kept", mode: "keep" });
  }
  const { kept: left } = await keptModels(stateDir, 1n);
  assertEquals(left.map(({ lineage }) => lineage?.why), ["kept", "kept", "by hand", "practice"]);
});

Deno.test("a promotion made while another model was trained is not lost", async () => {
  await using worker = await practise();
  const { devnet, settings: { stateDir, topics }, told } = worker;
  const [topic] = topics;
  const first = (await readPromoted(stateDir, topic!))!;
  const other = changed(2, first.artifact);
  saveModel(stateDir, 1n, other, { ...first.lineage!, parent: first.artifact.id });
  devnet.step(720);
  const trained = await trainTopic(worker.run(), { ...topic!, modelMaxAgeMs: 1 }, devnet.nowMs(), {
    why: "again",
    onProgress: (done) => {
      if (done !== 1) return;
      const promotion = { id: other.id, promotedMs: 1, why: "by hand", isPinned: true };
      writePromotion(stateDir, 1n, promotion);
    },
  });
  assertEquals([trained.decision.isPromoted, trained.incumbent?.id], [false, other.id]);
  assertEquals((await readPromotion(stateDir, 1n))?.id, other.id);
  assertStringIncludes(String(told.at(-1)?.fields["reason"]), "rolled back to");
});

Deno.test("the first visit trains the model that is missing, and submits by it", async () => {
  await using worker = await practise({ isTrained: false });
  worker.stepUntil("open");
  const { exitCode, outcomes } = await worker.visit();
  assertEquals([exitCode, outcomes[0]?.state], [0, "confirmed"]);
  const [row] = worker.ledger.history(1n, 1);
  const promoted = await readPromotion(worker.settings.stateDir, 1n);
  assertEquals([row?.fallback, row?.model], [null, `ridge ${promoted?.id}`]);
});

/** A visit in which no machine could train: the ensemble takes seconds, and there is one. */
const hurried = (settings: Settings): Settings => ({
  ...settings,
  topics: settings.topics.map((topic) => ({ ...topic, model: "ensemble" as const })),
  runTimeoutMs: 2000,
});

Deno.test("when the first visit has no time to train, the fallback serves", async () => {
  await using worker = await practise({ isTrained: false });
  worker.stepUntil("open");
  await refreshCandles(worker.run(), worker.settings.topics[0]!, worker.devnet.nowMs());
  const { outcomes } = await worker.visit({ settings: hurried(worker.settings) });
  assertEquals(outcomes[0]?.state, "confirmed", outcomes[0]?.error?.message);
  assertEquals(worker.ledger.history(1n, 1)[0]?.fallback, "mean");
  const fallback = worker.told.find(({ event }) => event === "prediction.fallback");
  assertStringIncludes(String(fallback?.fields["error"]), "within a visit");
});

Deno.test("what took too long to train is not tried again that day, nor late in a window", async () => {
  await using worker = await practise({ isTrained: false });
  worker.stepUntil("open");
  const { settings } = worker;
  await refreshCandles(worker.run(), settings.topics[0]!, worker.devnet.nowMs());
  await worker.visit({ settings: hurried(settings) });
  worker.stepUntil("closed");
  worker.stepUntil("open");
  await worker.visit({ ledger: unhurried(worker.ledger) });
  const tries = () => worker.told.filter(({ event }) => event === "model.first").length;
  assertEquals([tries(), worker.ledger.history(1n, 1)[0]?.fallback], [1, "mean"]);
  worker.devnet.step(17_280);
  worker.stepUntil("closed");
  worker.stepUntil("open");
  await worker.visit({ ledger: late(worker.ledger) });
  assertEquals(tries(), 1, "the window is nearly over");
  worker.stepUntil("closed");
  worker.stepUntil("open");
  await worker.visit({ ledger: unhurried(worker.ledger) });
  assertEquals([tries(), worker.ledger.history(1n, 1)[0]?.fallback], [2, null]);
});

Deno.test("a model that cannot be used any more is replaced in the visit that finds it", async () => {
  await using worker = await practise();
  const { path } = (await readPromoted(worker.settings.stateDir, { topicId: 1n }))!;
  await Deno.writeTextFile(path, "damaged");
  worker.devnet.step(17_280);
  worker.stepUntil("open");
  const { outcomes } = await worker.visit();
  const row = worker.ledger.history(1n, 1)[0];
  assertEquals([outcomes[0]?.state, row?.fallback], ["confirmed", null]);
  const told = worker.told.find(({ event }) => event === "model.unusable");
  assertStringIncludes(String(told?.fields["error"]), "it is not JSON");
  assertStringIncludes((await readPromotion(worker.settings.stateDir, 1n))!.why, "cannot be used");
});

Deno.test("a model that no visit has room to train again is told once a day", async () => {
  await using worker = await practise({ env: "ALLORA_RETRAIN=auto\nALLORA_MODEL_MAX_AGE=1d\n" });
  const { devnet, settings: { stateDir }, ledger, told } = worker;
  const first = (await readPromotion(stateDir, 1n))!.id;
  const waits = () => told.filter(({ event }) => event === "model.retrain_waits");
  const visit = async (leftMs: number) => {
    worker.stepUntil("closed");
    worker.stepUntil("open");
    await worker.visit({ ledger: unhurried(ledger), untilMs: Date.now() + leftMs });
  };
  devnet.step(2 * 17_280);
  for (let visits = 0; visits < 3; visits++) await visit(1);
  assertEquals(waits(), []);
  devnet.step(17_280);
  for (let visits = 0; visits < 3; visits++) await visit(1);
  assertEquals(waits().length, 1);
  assertStringIncludes(String(waits()[0]?.fields["reason"]), "days old");
  assertEquals((await readPromotion(stateDir, 1n))?.id, first);
});

for (const retrain of ["advise", "auto", "off"] as const) {
  Deno.test(`ALLORA_RETRAIN=${retrain}: an old model and a corrected history are noticed once a day`, async () => {
    const env = `ALLORA_RETRAIN=${retrain}\nALLORA_MODEL_MAX_AGE=1d\n`;
    await using worker = await practise({ env });
    const { devnet, settings: { stateDir }, ledger } = worker;
    const first = (await readPromotion(stateDir, 1n))!.id;
    worker.stepUntil("open");
    await worker.visit();
    using store = openCandleStore(statePaths(stateDir).candles);
    const { fromMs } = (await readPromoted(stateDir, { topicId: 1n }))!.lineage!.candles!;
    const candle = { openMs: fromMs + DAY_MS, open: 9, high: 9, low: 9, close: 9, volume: 9 };
    store.put("BTC/USD binance", 3_600_000, [candle], "binance");
    devnet.step(2 * 17_280);
    worker.stepUntil("closed");
    worker.stepUntil("open");
    let lowered = 0;
    for (let visits = 0; visits < 3; visits++) {
      await worker.visit({ ledger: unhurried(ledger), lowerPriority: () => void lowered++ });
    }
    assertEquals(lowered, retrain === "auto" ? 1 : 0, "only training goes last");
    const told = (event: string) => worker.told.filter((each) => each.event === event);
    assertEquals(
      told("model.retrain_advised").map(({ fields }) => fields["trigger"]),
      retrain === "advise" ? ["age", "history"] : [],
    );
    const promoted = (await readPromotion(stateDir, 1n))!;
    assertEquals(promoted.id !== first, retrain === "auto");
    assertEquals(told("model.retrain_failed"), []);
    const [retrained] = told("model.retrained");
    assertEquals(retrained !== undefined, retrain === "auto");
    if (retrained !== undefined) {
      assertStringIncludes(String(retrained.fields["reasons"]), "days old");
    }
  });
}

Deno.test("settings that ask for another learner are noticed until it was tried; what predicts goes on", async () => {
  await using worker = await practise();
  const { devnet, settings: { stateDir }, ledger } = worker;
  const [topic] = worker.settings.topics;
  const settings = { ...worker.settings, topics: [{ ...topic!, model: "trees" as const }] };
  const first = (await readPromotion(stateDir, 1n))!.id;
  const dayOn = async () => {
    worker.stepUntil("closed");
    devnet.step(17_280);
    worker.stepUntil("open");
    const run = worker.run({ settings, ledger: unhurried(ledger) });
    const { outcomes } = await runCycle(run, settings.topics, {});
    assertEquals(outcomes[0]?.state, "confirmed");
    assertEquals(ledger.history(1n, 1)[0]?.model, `ridge ${first}`);
    const advised = worker.told.filter(({ event }) => event === "model.retrain_advised");
    return advised.map(({ fields }) => String(fields["reason"]));
  };
  assertEquals(await dayOn(), ["ALLORA_MODEL asks for trees, and it is of ridge"]);
  const { artifact, decision } = await trainTopic(
    worker.run({ settings }),
    settings.topics[0]!,
    devnet.nowMs(),
    { why: "somebody wants trees" },
  );
  assertEquals([artifact.spec.learner, decision.isPromoted], ["trees", false]);
  assertStringIncludes(decision.reason, "the one before is of another learner, ridge");
  assertEquals((await dayOn()).length, 1, "it was tried");
});

/** A ledger that believes in blocks of five seconds: the devnet's come when somebody waits for one. */
function unhurried(ledger: Ledger): Ledger {
  return {
    ...ledger,
    lastWindow(topicId) {
      const seen = ledger.lastWindow(topicId);
      return seen && { ...seen, paceMs: 5000 };
    },
  };
}

/** The same, in which the window last seen is nearly over. */
function late(ledger: Ledger): Ledger {
  return {
    ...ledger,
    lastWindow(topicId) {
      const seen = ledger.lastWindow(topicId);
      return seen && { ...seen, paceMs: 5000, seenHeight: (seen.closes ?? seen.seenHeight) - 1n };
    },
  };
}

Deno.test("a promotion that names no kept model says how to cure it", async () => {
  const stateDir = await Deno.makeTempDir();
  saveModel(stateDir, 1n, artifact, {
    ...{ madeMs: 1, why: "a test", tookMs: 1, candles: null, pair: null, venues: [] },
    ...{ historyMs: null, code: null, parent: null, comparison: null },
  });
  writePromotion(stateDir, 1n, {
    id: "0123456789ab",
    promotedMs: 1,
    why: "a test",
    isPinned: false,
  });
  await assertRejects(() => readPromoted(stateDir, { topicId: 1n }), PipelineError, "is missing");
  await Deno.writeTextFile(`${statePaths(stateDir).models(1n)}/promoted.json`, "");
  const thrown = await assertRejects(() => readPromoted(stateDir, { topicId: 1n }), PipelineError);
  assertStringIncludes(thrown.hint!, "models rollback");
  await Deno.remove(stateDir, { recursive: true });
});
