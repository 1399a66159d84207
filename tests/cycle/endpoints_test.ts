import { assert, assertEquals } from "@std/assert";
import { FaultPlan, parseFaults } from "../../src/devnet/faults.ts";
import { RpcServer } from "../../src/devnet/rpc_server.ts";
import { practise } from "./practice.ts";

for (const fault of ["drop-response", "http-502", "stale:50", "refuse-broadcast"]) {
  Deno.test(`a visit through a node with the fault ${fault} and a good one submits once`, async () => {
    await using worker = await practise();
    worker.stepUntil("open");
    const { chain, rpcUrl } = worker.devnet;
    await using bad = new RpcServer({
      ...{ chain, plan: new FaultPlan(parseFaults(fault)), address: "127.0.0.1:0" },
      faucet: () => Promise.resolve(new Response(null, { status: 404 })),
    });
    const settings = { ...worker.settings, rpc: [bad.url, rpcUrl] };
    const { outcomes, exitCode } = await worker.visit({ settings });
    assertEquals([exitCode, outcomes.map(({ state }) => state)], [0, ["confirmed"]]);
    assertEquals(await worker.sequence(), 2n, "a registration and a payload");

    const named = worker.told.filter(({ event }) => event === "endpoint.failed");
    assert(named.length > 0 && named.every(({ fields }) => fields["url"] === bad.url));
    const remembered = worker.ledger.endpoints();
    assertEquals(remembered.map(({ url }) => url).sort(), [bad.url, rpcUrl].sort());
    assert(remembered.find(({ url }) => url === bad.url)!.failures > 0);
    assertEquals(remembered.find(({ url }) => url === rpcUrl)?.streak, 0);
  });
}
