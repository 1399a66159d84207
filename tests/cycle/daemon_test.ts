import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import type { Run } from "../../src/cycle/run.ts";
import { runDaemon } from "../../src/cycle/run_daemon.ts";
import { workerOf } from "../../src/cycle/worker.ts";
import { defaultTopics } from "../../src/devnet/default_topics.ts";
import type { Devnet } from "../../src/devnet/start.ts";
import { type Host, realHost } from "../../src/host/host.ts";
import { HOURLY, type Practice, practise } from "./practice.ts";

/** Runs the daemon on a devnet whose blocks come by themselves until `windows` of them are proven. */
async function untilProven(windows: number, faults: string, runTimeoutMs: number) {
  await using worker = await practise({ manual: false, speed: 600 });
  const done = new AbortController();
  const run = worker.run({
    ...{ host: realHost, pollMs: 10 },
    settings: { ...worker.settings, runTimeoutMs },
    signal: AbortSignal.any([done.signal, AbortSignal.timeout(60_000)]),
  });
  if (faults !== "") worker.devnet.fault(faults);
  await runDaemon(run, worker.settings.topics, await workerOf(run), {
    onReport() {
      const rows = worker.ledger.history(1n, 100);
      if (rows.filter(({ included }) => included).length >= windows) done.abort();
    },
  });
  assert(done.signal.aborted, "the daemon gave up");
  return { told: [...worker.told], rows: worker.ledger.history(1n, 100) };
}

for (const faults of ["", "deaf"]) {
  const how = faults === "" ? "hears of" : "polls for";
  Deno.test(`a daemon that ${how} windows submits in their first blocks, whatever one visit's deadline is`, async () => {
    const { told, rows } = await untilProven(2, faults, 5000);
    assertEquals(told.filter(({ event }) => event.endsWith("failed")), []);
    assertEquals(told.some(({ event }) => event === "daemon.subscribed"), faults === "");
    // The first window was open before the daemon was there.
    const late = told.filter(({ event }) => event === "submission.confirmed").slice(1)
      .map(({ fields }) => Number(fields["height"]) - Number(fields["nonce"]));
    assert(late.length >= 1 && late.every((blocks) => blocks < 300), late.join());
    assert(rows.every(({ included }) => included !== false));
  });
}

Deno.test("the daemon rides out a node that fails, and pays nothing twice", async () => {
  const { told, rows } = await untilProven(
    2,
    "http-502:3,html:2,cut-json:2,drop-response:1",
    30_000,
  );
  assert(told.some(({ event }) => event === "run.failed" || event === "endpoint.failed"));
  const confirmed = told.filter(({ event }) => event === "submission.confirmed");
  assertEquals(new Set(confirmed.map(({ fields }) => fields["nonce"])).size, confirmed.length);
  assert(rows.length >= 2);
});

/** Topics 1 and 3, the second of which opens a block after the first; epochs of a minute. */
function neighbours() {
  const [first, , third] = defaultTopics(10);
  const short = { epochLength: 12, submissionWindow: 8, groundTruthLag: 12 };
  return [{ ...first!, ...short, firstNonce: 4 }, { ...third!, ...short, firstNonce: 5 }];
}
const FILES = { "1": HOURLY, "3": HOURLY.replace("log-return", "price") };

/** Blocks as a chain of five seconds makes them, except that nobody waits where nothing is to be done. */
async function paced(devnet: Devnet, signal: AbortSignal): Promise<void> {
  let opened = 0;
  devnet.chain.onBlock(({ events, txs }) => {
    opened += events.filter(({ type }) => type.endsWith("WindowOpened")).length - txs.length;
  });
  while (!signal.aborted) {
    devnet.step();
    const nextMs = performance.now() + (opened > 0 ? 5000 : 100);
    do await realHost.sleep(10); while (
      performance.now() < nextMs && devnet.chain.mempool.length === 0 && !signal.aborted
    );
  }
}

Deno.test("a window's payload is in one of its first two blocks, also when another's is waited for", async () => {
  await using worker = await practise({ topics: neighbours(), files: FILES });
  worker.stepUntil("open");
  worker.devnet.step();
  assertEquals((await worker.visit()).exitCode, 0);
  worker.told.length = 0;
  const done = new AbortController();
  const run = worker.run({
    ...{ host: realHost, pollMs: 1500 },
    signal: AbortSignal.any([done.signal, AbortSignal.timeout(60_000)]),
  });
  const confirmed = () => worker.told.filter(({ event }) => event === "submission.confirmed");
  const blocks = paced(worker.devnet, run.signal);
  await runDaemon(run, worker.settings.topics, await workerOf(run), {
    onReport: () => confirmed().length >= 8 && done.abort(),
  });
  await blocks;
  assert(confirmed().length >= 8, "the daemon gave up");
  assertEquals(
    confirmed().filter(({ fields }) => Number(fields["height"]) - Number(fields["nonce"]) > 2),
    [],
  );
  assertEquals(worker.told.filter(({ event }) => /missed|failed|rejected/.test(event)), []);
});

/** A worker with an open window, and the daemon at it until it is told to stop. */
async function atWork(worker: Practice, overrides: Partial<Run> = {}) {
  await worker.passFirstWindow();
  worker.told.length = 0;
  const stop = new AbortController();
  const run = worker.run({ host: realHost, pollMs: 20, signal: stop.signal, ...overrides });
  const ended = runDaemon(run, worker.settings.topics, await workerOf(run), { onReport() {} });
  return { stop, ended };
}

const has = (worker: Practice, event: string) => worker.told.some((each) => each.event === event);

async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; !holds(); tries++) {
    assert(tries < 1000, "it never came");
    await realHost.sleep(10);
  }
}

Deno.test("a stop lets a submission under way end, and ends a rest at once", async () => {
  await using worker = await practise();
  const { stop, ended } = await atWork(worker);
  await until(() => worker.devnet.chain.mempool.length > 0);
  stop.abort(new Error("stopped by SIGTERM"));
  await realHost.sleep(50);
  worker.devnet.step();
  await ended;
  assertEquals(worker.ledger.history(1n, 1)[0]?.state, "confirmed");

  const resting = new AbortController();
  const run = worker.run({ host: realHost, signal: resting.signal });
  let later: number | undefined;
  const over = runDaemon(run, worker.settings.topics, await workerOf(run), {
    onReport: () => later ??= setTimeout(() => resting.abort(), 20),
  });
  const startMs = performance.now();
  await over;
  clearTimeout(later);
  assert(performance.now() - startMs < 3000);
});

Deno.test("what no block takes within the grace time is left to the next visit", async () => {
  await using worker = await practise();
  // Twenty seconds last a fifth of one.
  const host: Host = { ...realHost, sleep: (ms, signal) => realHost.sleep(ms / 100, signal) };
  const { stop, ended } = await atWork(worker, { host });
  await until(() => has(worker, "submission.sent"));
  stop.abort(new Error("stopped by SIGTERM"));
  await ended;
  assertEquals(worker.ledger.history(1n, 1)[0]?.state, "sent");
  const before = await worker.sequence();
  const { outcomes } = await worker.visit();
  assertEquals(outcomes.map(({ state }) => state), ["confirmed"]);
  assertEquals(await worker.sequence(), before + 1n);
});

Deno.test("who hears of windows does not look for them all the time", async () => {
  for (const [faults, isQuiet] of [["", true], ["deaf", false]] as const) {
    await using worker = await practise({ faults });
    worker.stepUntil("open");
    await worker.visit();
    const stop = new AbortController();
    const run = worker.run({ host: realHost, pollMs: 20, signal: stop.signal });
    const stepping = setInterval(() => worker.devnet.step(), 20);
    setTimeout(() => stop.abort(), 1000);
    let visits = 0;
    await runDaemon(run, worker.settings.topics, await workerOf(run), { onReport: () => visits++ });
    clearInterval(stepping);
    // The first, and one when the events came.
    assertEquals(visits <= 3, isQuiet, `${visits} visits, ${faults}`);
  }
});

Deno.test("an event that is lost on its way costs a minute, not the window", async () => {
  const topic = { ...defaultTopics(10)[0]!, epochLength: 72, submissionWindow: 60 };
  await using worker = await practise({ topics: [{ ...topic, groundTruthLag: 72 }] });
  worker.stepUntil("open");
  await worker.visit();
  worker.stepUntil("closed");
  const startMs = Date.now();
  // A minute of the program lasts a second, and a block comes every three seconds of it.
  const host: Host = {
    ...realHost,
    nowMs: () => startMs + (Date.now() - startMs) * 60,
    sleep: (ms, signal) => realHost.sleep(ms / 60, signal),
    openSocket(url) {
      const socket = new WebSocket(url);
      const send = socket.send.bind(socket);
      socket.send = (text) => send(String(text).replace("NewBlockEvents", "Nothing"));
      return socket;
    },
  };
  const stop = new AbortController();
  const run = worker.run({ host, pollMs: 1500, signal: stop.signal });
  const stepping = setInterval(() => worker.devnet.step(), 50);
  const is = (event: string) => worker.told.filter((each) => each.event === event);
  await runDaemon(run, worker.settings.topics, await workerOf(run), {
    onReport: () => is("submission.confirmed").length > 1 && stop.abort(),
  });
  clearInterval(stepping);
  assertEquals(is("daemon.subscribed").length, 1);
  assertEquals(is("submission.missed"), []);
});

/** A run whose ledger breaks at the given visits, as a defect would. */
function defective(worker: Practice, visits: readonly number[], stop: AbortSignal) {
  let visit = 0;
  const ledger = {
    ...worker.ledger,
    pendingTransactions(address: string) {
      const { stack = "" } = new Error();
      if (stack.includes("recover") && visits.includes(++visit)) {
        throw new TypeError("x is undefined");
      }
      return worker.ledger.pendingTransactions(address);
    },
  };
  return worker.run({ ledger, signal: stop });
}

Deno.test("a defect ends the daemon at its first visit; later it is logged, and the visit repeated", async () => {
  await using worker = await practise();
  const stop = new AbortController();
  const broken = defective(worker, [1], stop.signal);
  const { topics } = worker.settings;
  await assertRejects(
    async () => await runDaemon(broken, topics, await workerOf(broken), { onReport() {} }),
    Error,
    "x is undefined",
  );
  const run = defective(worker, [2, 3], stop.signal);
  let visits = 0;
  await runDaemon(run, topics, await workerOf(run), {
    onReport: () => ++visits === 2 && stop.abort(),
  });
  const failed = worker.told.filter(({ event }) => event === "run.failed");
  assertEquals(failed.length, 2);
  assertEquals(failed[0]?.fields["error"], "x is undefined");
  assertMatch(String(failed[0]?.fields["stack"]), /TypeError[^]*run_cycle/);
});

Deno.test("a daemon that starts while no node answers waits for one", async () => {
  await using worker = await practise({ faults: "http-502:8" });
  const stop = new AbortController();
  const run = worker.run({ signal: stop.signal });
  await runDaemon(run, worker.settings.topics, await workerOf(run), {
    onReport: () => stop.abort(),
  });
  assert(has(worker, "run.failed"));
});
