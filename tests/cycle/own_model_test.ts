import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { predictTopic } from "../../src/cycle/predict_topic.ts";
import { candlesName, refreshCandles } from "../../src/cycle/topic_candles.ts";
import { PipelineError } from "../../src/errors.ts";
import { loadSeries } from "../../src/market/feed.ts";
import { HOURLY, type Practice, practise } from "./practice.ts";

const HTML = "<!doctype html><title>502 Bad Gateway</title>";

interface Asked {
  readonly nonce: string | null;
  readonly base_price: number;
  readonly as_of: string;
  readonly candles: Readonly<Record<string, readonly number[]>>;
  readonly [field: string]: unknown;
}

/** A model behind HTTP, on a real socket; `asked` has every question. */
function serveModel(answer: (question: Asked) => Response | Promise<Response>) {
  const asked: Asked[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    assertEquals(request.method, "POST");
    asked.push(await request.json());
    return await answer(asked.at(-1)!);
  });
  return {
    asked,
    url: `http://127.0.0.1:${server.addr.port}/predict`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

const modelled = (model: string, file = HOURLY) => ({ "1": `${file}ALLORA_MODEL=${model}\n` });

const predictNow = (worker: Practice) => {
  const nowMs = worker.devnet.nowMs();
  return predictTopic(worker.run(), worker.settings.topics[0]!, { baseMs: nowMs, headMs: nowMs });
};

Deno.test("a model at a URL is shown the candles, and its value is what the chain gets", async () => {
  await using model = serveModel(() => Response.json({ value: 0.0012, low: -0.001, high: 0.004 }));
  await using worker = await practise({ files: modelled(model.url) });
  worker.stepUntil("open");
  const { exitCode } = await worker.visit();
  const [row] = worker.ledger.history(1n, 1);
  assertEquals([exitCode, row?.state, row?.fallback], [0, "confirmed", null]);
  assertEquals([row?.value, row?.low, row?.high], ["0.0012", -0.001, 0.004]);
  assertEquals(row?.model, `http ${model.url.slice("http://".length)}`);

  assertEquals(model.asked.length, 1);
  const { candles, ...question } = model.asked[0]!;
  const base = candles["close"]!.at(-1);
  assertEquals(question, {
    ...{ topic_id: "1", target: "log-return", pair: "BTC/USD" },
    ...{ horizon_seconds: 3600, interval_seconds: 3600, nonce: String(row?.nonce) },
    as_of: new Date(candles["open_ms"]!.at(-1)! + 3_600_000).toISOString(),
    base_price: base!,
  });
  assertEquals(row?.basePrice, base);
  const names = ["open_ms", "open", "high", "low", "close", "volume", "real"];
  assertEquals(Object.keys(candles), names);
  for (const name of names) assertEquals(candles[name]!.length, 721);
  assert(await Deno.stat(`${worker.settings.stateDir}/models`).then(() => false, () => true));
});

Deno.test("a model at a URL is told the labels, and its probabilities are sent", async () => {
  await using model = serveModel(() =>
    Response.json({ labels: { up: 0.3333334, down: 0.3333333, neutral: 0.3333333 } })
  );
  const topic = {
    ...{ id: 1, metadata: "BTC/USD", lossMethod: "bce", arity: "multi" as const, maxLabels: 3 },
    ...{ epochLength: 720, submissionWindow: 600, groundTruthLag: 720, requireUnity: true },
  };
  const file = HOURLY.replace("log-return", "labels") + "ALLORA_BARRIER=0.5\n";
  await using worker = await practise({ topics: [topic], files: modelled(model.url, file) });
  worker.stepUntil("open");
  assertEquals((await worker.visit()).exitCode, 0);
  const [row] = worker.ledger.history(1n, 1);
  assertEquals(row?.labels?.map(({ label, value }) => `${label} ${value}`), [
    ...["down 0.333334", "neutral 0.333333", "up 0.333333"],
  ]);
  const { labels, barrier } = model.asked[0]!;
  assertEquals([labels, barrier], [["down", "neutral", "up"], 0.5]);
});

const json = (text: string, init?: ResponseInit) => () => new Response(text, init);
const silence = Promise.withResolvers<Response>();
const BAD_ANSWERS: readonly [string, () => Response | Promise<Response>, string][] = [
  ["nothing", json(""), "it is empty"],
  ["HTML", json(HTML), "it is not JSON"],
  ["an error", json(HTML, { status: 500 }), "status is 500: <!doctype html>"],
  ["no content", () => new Response(null, { status: 204 }), "status is 204"],
  ["a redirect", () => Response.redirect("http://127.0.0.1:1/elsewhere"), "not followed"],
  ["a bare NaN", json('{"value": NaN}'), "it is not JSON"],
  ["NaN in quotes", json('{"value": "NaN"}'), 'value is "NaN", not a number'],
  ["infinity", json('{"value": 1e999}'), "value is Infinity, not finite"],
  ["half of it", json('{"value": 0.0'), "it is not JSON"],
  ["too much", json(`{"value": 0, "x": "${"x".repeat(70_000)}"}`), "longer than 65536 bytes"],
  ["something endless", () => new Response(endless()), "longer than 65536 bytes"],
  ["labels", json('{"labels": {"up": 1}}'), "a log-return topic takes value"],
  ["another pair", json('{"value": 0, "pair": "ETH/USD"}'), "asked is"],
  ["another horizon", json('{"value": 0, "horizon": "24h"}'), "asked is 3600"],
  ["silence", () => silence.promise, "not done within 0.3 s"],
];
Deno.test("an answer that is none is refused with what is wrong with it", async (test) => {
  let answer: () => Response | Promise<Response> = json("");
  await using model = serveModel(() => answer());
  const { url } = model;
  await using worker = await practise({
    files: modelled(`${url}\nALLORA_MODEL_TIMEOUT=300ms`),
  });
  for (const [what, bad, says] of BAD_ANSWERS) {
    await test.step(what, async () => {
      answer = bad;
      const error = await assertRejects(() => predictNow(worker), PipelineError);
      assertStringIncludes(error.message, says);
      assertStringIncludes(error.message, url);
      assert(error.hint && ["invalid", "unavailable"].includes(error.kind));
    });
  }
  silence.resolve(new Response());
});

Deno.test("a model that fails in an open window gives way to the shrunk mean, never to a trained one", async () => {
  await using model = serveModel(json(HTML, { status: 500 }));
  await using worker = await practise({ files: modelled(model.url) });
  await Deno.mkdir(`${worker.settings.stateDir}/models`);
  await Deno.writeTextFile(`${worker.settings.stateDir}/models/1.json`, "damaged, and never read");
  worker.stepUntil("open");
  const { exitCode } = await worker.visit();
  const [row] = worker.ledger.history(1n, 1);
  assertEquals([exitCode, row?.state, row?.fallback], [0, "confirmed", "mean"]);
  const told = worker.told.find(({ event }) => event === "prediction.fallback");
  assertStringIncludes(String(told?.fields["error"]), "status is 500");
});

Deno.test("a model that says what the market's volatility does not allow is not submitted", async () => {
  await using model = serveModel(() => Response.json({ value: 0.9, sigma: 100 }));
  await using worker = await practise({ files: modelled(model.url) });
  worker.stepUntil("open");
  assertEquals((await worker.visit()).exitCode, 65);
  assertEquals(worker.ledger.history(1n, 1)[0]?.state, "refused");
  assertEquals(await worker.sequence(), 0n);
});

Deno.test("a model that answers late may take no more than half of the visit's time", async () => {
  await using model = serveModel(() =>
    new Promise((done) => setTimeout(() => done(Response.json({ value: 0 })), 700))
  );
  await using worker = await practise({ files: modelled(model.url) });
  const settings = { ...worker.settings, runTimeoutMs: 1000 };
  const nowMs = worker.devnet.nowMs();
  await assertRejects(
    () =>
      predictTopic(worker.run({ settings }), settings.topics[0]!, { baseMs: nowMs, headMs: nowMs }),
    PipelineError,
    "not done within 0.5 s",
  );
});

Deno.test("a price from a file is what the chain gets, and the ledger tells which", async () => {
  const dir = await Deno.makeTempDir();
  const path = `${dir}/prediction.json`;
  const file = HOURLY.replace("log-return", "price");
  await using worker = await practise({ files: modelled(`file:${dir}/link.json`, file) });
  await Deno.symlink(path, `${dir}/link.json`);
  worker.stepUntil("open");
  const close = await lastClose(worker);
  const price = close * 1.001;
  const made_at = new Date(worker.devnet.nowMs()).toISOString();
  const prediction = { value: price, made_at, pair: "BTC/USD", horizon: "1h" };
  await Deno.writeTextFile(path, JSON.stringify(prediction));
  assertEquals((await worker.visit()).exitCode, 0);
  const [row] = worker.ledger.history(1n, 1);
  assertEquals([row?.state, Number(row?.value)], ["confirmed", price]);
  assertEquals(row?.basePrice, close, "what is said as a price starts from nothing");
  assert(/^file link\.json [0-9a-f]{12}$/.test(row?.model ?? ""), row?.model);
  assertAlmostEquals(Math.log(row!.high! / price), 1.645 * row!.sigma!, 1e-9);
  await Deno.remove(dir, { recursive: true });
});

const ago = (ms: number) => (nowMs: number) =>
  `{"value": 0.001, "made_at": "${new Date(nowMs - ms).toISOString()}"}`;
const BAD_FILES: readonly [string, (nowMs: number) => string | undefined, string][] = [
  ["no file", () => undefined, "there is no such file"],
  ["an empty file", () => "", "it is empty"],
  ["a file that stays half-written", () => '{"value": 0.0', "it is not whole JSON"],
  ["a file that is too large", () => " ".repeat(70_000), "70000 bytes, more than 65536"],
  ["a file without made_at", () => '{"value": 0.001}', "made_at is missing"],
  ["a time without a zone", () => '{"made_at": "2024-01-01T00:00:00"}', "made_at is"],
  ["a time as a number", () => '{"made_at": 1700000000}', "made_at is 1700000000"],
  ["a stale prediction", ago(3_700_000), "it was made 62 min before"],
  ["a prediction from the future", ago(-200_000), "in the future"],
  ["a list", () => "[]", "made_at is missing"],
  ["no value", (nowMs) => ago(0)(nowMs).replace("value", "valeu"), "value is missing"],
  [
    "another window's prediction",
    (nowMs) => ago(0)(nowMs).replace("}", ', "nonce": 4711}'),
    "its nonce is 4711, asked is",
  ],
];
Deno.test("a file that is no prediction is refused with what is wrong with it", async (test) => {
  const dir = await Deno.makeTempDir();
  const path = `${dir}/prediction.json`;
  await using worker = await practise({ files: modelled(`file:${path}`) });
  const nowMs = worker.devnet.nowMs();
  const predict = () =>
    predictTopic(worker.run(), worker.settings.topics[0]!, {
      ...{ baseMs: nowMs, headMs: nowMs, nonce: 42n },
    });
  for (const [what, text, says] of BAD_FILES) {
    await test.step(what, async () => {
      const content = text(nowMs);
      if (content !== undefined) await Deno.writeTextFile(path, content);
      const error = await assertRejects(predict, PipelineError);
      assertStringIncludes(error.message, says);
      assertStringIncludes(error.message, path);
      assert(error.hint && ["invalid", "unavailable"].includes(error.kind), error.kind);
    });
  }
  await test.step("a directory", async () => {
    await Deno.remove(path);
    await Deno.mkdir(path);
    const error = await assertRejects(predict, PipelineError);
    assertStringIncludes(error.message, "it is a directory");
    await Deno.remove(path);
  });
  await test.step("a pipe, which nobody waits for", async () => {
    await new Deno.Command("mkfifo", { args: [path] }).output();
    const error = await assertRejects(predict, PipelineError);
    assertStringIncludes(error.message, "it is not a file");
  });
  await Deno.remove(dir, { recursive: true });
});

Deno.test("a file that is half-written is read again a moment later", async () => {
  const dir = await Deno.makeTempDir();
  const path = `${dir}/prediction.json`;
  await using worker = await practise({ files: modelled(`file:${path}`) });
  const nowMs = worker.devnet.nowMs();
  await Deno.writeTextFile(path, ago(0)(nowMs).slice(0, 20));
  const { host } = worker.run();
  const patient = {
    ...host,
    // Whoever writes it goes on while the program waits.
    sleep: (_: number) => Deno.writeTextFile(path, ago(0)(nowMs)),
  };
  const times = { baseMs: nowMs, headMs: nowMs };
  const made = await predictTopic(worker.run({ host: patient }), worker.settings.topics[0]!, times);
  assertEquals(made.value, 0.001);
  await Deno.remove(dir, { recursive: true });
});

/** The newest close on the devnet's market, in the store from now on. */
async function lastClose(worker: Practice): Promise<number> {
  const topic = worker.settings.topics[0]!;
  const nowMs = worker.devnet.nowMs();
  await refreshCandles(worker.run(), topic, nowMs);
  const candles = worker.run().candles();
  return loadSeries(candles, candlesName(topic), topic.intervalMs, 0, nowMs).close.at(-1)!;
}

function endless() {
  return new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(new Uint8Array(16_384).fill(32)),
  });
}
