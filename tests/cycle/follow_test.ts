import { assert, assertEquals } from "@std/assert";
import { follow } from "../../src/cycle/follow.ts";
import type { Run } from "../../src/cycle/run.ts";
import { startDevnet } from "../../src/devnet/start.ts";
import { type Host, realHost } from "../../src/host/host.ts";
import { type Practice, practise } from "./practice.ts";

/** A minute of the program lasts half a second. */
const SPEED = 120;
const fast: Host = {
  ...realHost,
  nowMs: () => performance.now() * SPEED,
  sleep: (ms, signal) => realHost.sleep(ms / SPEED, signal),
};

/** What becomes of events while `work` goes on: "subscribed" and "unsubscribed", in their order. */
async function changes(
  worker: Practice,
  rpc: readonly string[],
  work: (told: () => string[]) => Promise<void>,
): Promise<string[]> {
  const stop = new AbortController();
  const settings: Run["settings"] = { ...worker.settings, rpc: [...rpc], rpcTimeoutMs: 15_000 };
  const run = worker.run({ host: fast, signal: stop.signal, settings });
  const heard: boolean[] = [];
  const told = () =>
    worker.told.flatMap(({ event }) => event.startsWith("daemon.") ? event.slice(7) : []);
  const following = follow(run, settings.topics, {
    onWindow() {},
    onChange: (isHearing) => heard.push(isHearing),
  });
  await work(told);
  stop.abort();
  await following;
  assertEquals(heard, told().map((event) => event === "subscribed"));
  return told();
}

async function until(holds: () => boolean, step = () => {}): Promise<void> {
  for (let tries = 0; !holds(); tries++) {
    assert(tries < 1000, "it never came");
    step();
    await realHost.sleep(10);
  }
}

Deno.test("a socket that goes silent is left for the next endpoint, and each change is told once", async () => {
  await using worker = await practise();
  await using other = await startDevnet({ manual: true });
  const told = await changes(worker, [worker.devnet.rpcUrl, other.rpcUrl], async (told) => {
    await until(() => told().length === 1, () => worker.devnet.step());
    await until(() => told().length === 2);
    await until(() => told().length === 3, () => other.step());
  });
  assertEquals(told, ["subscribed", "unsubscribed", "subscribed"]);
});

Deno.test("a server that closes each socket is asked again in growing pauses, and told of once", async () => {
  await using worker = await practise();
  let asked = 0;
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    asked++;
    const { socket, response } = Deno.upgradeWebSocket(request);
    socket.onopen = () => socket.close();
    return response;
  });
  const told = await changes(
    worker,
    [`http://127.0.0.1:${server.addr.port}`],
    // Two minutes of the program.
    async () => {
      await realHost.sleep(1000);
      await until(() => asked >= 3);
    },
  );
  assertEquals(told, ["unsubscribed"]);
  assert(asked <= 10, `asked ${asked} times`);
});
