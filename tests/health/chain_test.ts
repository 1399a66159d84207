import { assert, assertEquals } from "@std/assert";
import { runChecks } from "../../src/commands/health/run_checks.ts";
import { startDevnet } from "../../src/devnet/start.ts";
import { realHost } from "../../src/host/host.ts";
import { assertSays, DOWN, lookAt, practiseQuickly, rootOf } from "./bench.ts";

const NOBODY = "http://127.0.0.1:1";

/** A node that gives this status to whatever is asked. */
function serveStatus(status: unknown) {
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    () => Response.json({ jsonrpc: "2.0", id: 1, result: status }),
  );
  const url = `http://127.0.0.1:${server.addr.port}`;
  return { url, [Symbol.asyncDispose]: () => server.shutdown() };
}

Deno.test("each endpoint by itself: one that is down is a warning while another serves", async () => {
  await using worker = await practiseQuickly();
  const { devnet, settings: { rpc: [own], chainId } } = worker;
  const name = `endpoint ${own}`;
  const look = (...rpc: string[]) => lookAt(worker, "endpoint", { settings: { rpc } });
  const found = await look(own!, NOBODY);
  assertEquals(assertSays(found, name, "OK", /^block \d+, the newest$/).value, 0);
  assertSays(found, `latency ${own}`, "OK", /^answers in \d+ ms$/);
  assertSays(found, `endpoint ${NOBODY}`, "WARNING", /^Cannot use http:\/\/127\.0\.0\.1:1: /);
  assertSays(await look(NOBODY), `endpoint ${NOBODY}`, "CRITICAL", /^Cannot use/);

  devnet.step(10);
  await using behind = await startDevnet({ manual: true, market: "127.0.0.1:0" });
  const late = assertSays(
    await look(own!, behind.rpcUrl),
    `endpoint ${behind.rpcUrl}`,
    "WARNING",
    /^block 0|^block 1/,
  );
  assert(late.value! > 5 && late.unit === "blocks");

  await using catching = serveStatus({
    node_info: { network: chainId },
    sync_info: {
      latest_block_height: "1",
      latest_block_time: "2024-11-01T00:00:00Z",
      catching_up: true,
    },
  });
  const both = await look(own!, catching.url);
  assertSays(both, `endpoint ${catching.url}`, "WARNING", /^it is still catching up/);
  const only = await look(catching.url);
  assertSays(only, `endpoint ${catching.url}`, "CRITICAL", /^it is still catching up/);

  devnet.fault("html/status:1");
  assertSays(await look(own!), name, "OK", /the newest$/);
  devnet.fault("wrong-chain-id:1");
  const foreign = assertSays(await look(own!), name, "CRITICAL", /^it serves chain .*, not allora/);
  assertEquals(
    foreign.fix,
    `"\${EDITOR:-vi}" ${rootOf(worker)}/.env # take ${own} out of ALLORA_RPC (.env:1)`,
  );
  devnet.fault("slow:2100ms@1");
  assertSays(await look(own!), `latency ${own}`, "WARNING", /^answers in 2\d+ ms$/);
});

Deno.test("a wrong clock is named, and from which side", async () => {
  await using worker = await practiseQuickly({ chainId: "allora-testnet-9" });
  const look = (seconds: number) =>
    lookAt(worker, "clock", { nowMs: worker.devnet.nowMs() + seconds * 1000 });
  assertEquals(assertSays(await look(5), "clock", "OK", /^the newest block is 5 s old$/).value, 5);
  assertSays(await look(90), "clock", "WARNING", /old: the clock is ahead, or the chain stands/);
  const old = assertSays(await look(3 * 3600), "clock", "CRITICAL", /^the newest block is 3 h old/);
  assertEquals(old.fix, "timedatectl; allora-pipeline rpc");
  assertSays(await look(-30), "clock", "WARNING", /clock is 30 s behind the newest block$/);
  assertSays(await look(-7200), "clock", "CRITICAL", /clock is 2 h behind the newest block$/);
  assertSays(await lookAt(worker, "clock", { settings: DOWN }), "clock", "UNKNOWN", /no endpoint/);
});

Deno.test("nodes and venues that never answer hold nothing up, and no check is made out of thin air", async () => {
  await using worker = await practiseQuickly();
  worker.ledger.rememberAddress("0000", worker.address);
  worker.devnet.fault("hang");
  const settings = { ...worker.settings, rpcTimeoutMs: 200 };
  const startMs = performance.now();
  const found = await runChecks(settings, { host: realHost });
  assert(performance.now() - startMs < 5000);
  assertSays(found, `endpoint ${settings.rpc[0]}`, "CRITICAL", /no answer to status within 200 ms/);
  assertSays(found, "submission topic 1", "UNKNOWN", /no answer to status/);

  // Whoever ends the checks before their time hears of each that it is not known.
  const stop = AbortSignal.timeout(50);
  const patient = { ...worker.settings, rpcTimeoutMs: 60_000 };
  const cut = await runChecks(patient, { host: realHost }, { stop });
  for (const id of ["submission", "endpoint", "clock", "market", "balance"]) {
    assertSays(cut, id, "UNKNOWN", /timed out/);
  }
  assertSays(cut, "pause", "OK", /not paused/);
});
