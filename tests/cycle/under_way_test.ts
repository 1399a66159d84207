import { assert, assertEquals } from "@std/assert";
import type { Run, Tell } from "../../src/cycle/run.ts";
import { type Host, realHost } from "../../src/host/host.ts";
import { HOURLY, openSecondWindow, type Practice, practise } from "./practice.ts";

const topic = (target: string, pair: string, horizon: string) =>
  `ALLORA_TARGET=${target}\nALLORA_PAIR=${pair}\nALLORA_HORIZON=${horizon}\n`;
const FOUR = {
  "1": HOURLY,
  "2": topic("log-return", "ETH/USD", "24h"),
  "3": topic("price", "BTC/USD", "1h"),
  "4": topic("volatility", "BTC/USD", "24h"),
};

Deno.test("a hole that a lost transaction leaves below one under way is filled, and both windows are met", async () => {
  await using worker = await practise({ files: { "1": FOUR["1"], "3": FOUR["3"] } });
  await openSecondWindow(worker);
  // The node loses both, and takes neither at the old price; then the price falls again.
  const lost = whenSent(worker, 2, () => {
    worker.devnet.upgrade(10);
    worker.devnet.crowd(8);
  });
  for (let visits = 0; visits < 3; visits++) await worker.visit(lost);
  assertEquals(submissionStates(worker, [1n, 3n]), ["confirmed", "confirmed"]);
});

Deno.test("what an upgrade made void is signed anew in one visit, whatever the number of topics", async () => {
  await using worker = await practise({ generation: 9, files: FOUR });
  await openSecondWindow(worker);
  const stop = new AbortController();
  const cut = whenSent(worker, 4, () => {
    worker.devnet.upgrade(10);
    stop.abort(new Error("stopped"));
  });
  await worker.visit({ ...cut, signal: stop.signal });
  const { outcomes, exitCode } = await worker.visit(cut);
  assertEquals(submissionStates(worker, [1n, 2n, 3n, 4n]), Array(4).fill("confirmed"));
  assertEquals([exitCode, outcomes.map(({ state }) => state)], [0, Array(4).fill("confirmed")]);
});

Deno.test("our own transaction that lands between two questions accuses nobody", async () => {
  await using worker = await practise({ files: { "1": FOUR["1"], "3": FOUR["3"] } });
  await openSecondWindow(worker);
  const hurry = AbortSignal.abort();
  const still: Host = { ...realHost };
  await worker.visit({ hurry, host: still });
  const host: Host = {
    ...still,
    reached: (point) => point === "recovered" && worker.devnet.step(),
  };
  await worker.visit({ hurry, host });
  assert(!worker.told.some(({ event }) => event === "wallet.used_elsewhere"));
});

Deno.test("nothing more is signed once the visit's time is up", async () => {
  await using worker = await practise({ files: { "1": FOUR["1"], "3": FOUR["3"] } });
  await openSecondWindow(worker);
  const stop = new AbortController();
  const tell: Tell = (event, fields = {}) => {
    worker.told.push({ event, fields });
    if (event === "submission.signed") stop.abort(new Error("time is up"));
  };
  await worker.visit({ tell, signal: stop.signal });
  assertEquals(worker.told.filter(({ event }) => event === "submission.signed").length, 1);
});

/** A run in which no block comes until `count` payloads were sent, and then `happens` comes first. */
function whenSent(worker: Practice, count: number, happens: () => void): Partial<Run> {
  let sent = 0;
  const tell: Tell = (event, fields = {}) => {
    worker.told.push({ event, fields });
    if (event === "submission.sent" && ++sent === count) happens();
  };
  const sleep = (ms: number, signal?: AbortSignal) => {
    if (sent >= count) worker.devnet.step();
    return realHost.sleep(Math.min(ms, 2), signal);
  };
  return { tell, host: { ...realHost, sleep }, pollMs: 5 };
}

function submissionStates(worker: Practice, topics: readonly bigint[]) {
  return topics.map((id) => worker.ledger.history(id, 1)[0]?.state);
}
