import { assert, assertEquals, assertRejects } from "@std/assert";
import { realHost } from "../../src/host/host.ts";
import { statePaths } from "../../src/host/paths.ts";

Deno.test("sleep() ends on time, and at once with the reason of an abort", async () => {
  const start = realHost.nowMs();
  await realHost.sleep(20);
  assert(realHost.nowMs() - start >= 19);
  const controller = new AbortController();
  const sleeping = realHost.sleep(60_000, controller.signal);
  controller.abort(new Error("enough"));
  await assertRejects(() => sleeping, Error, "enough");
  await assertRejects(() => realHost.sleep(60_000, controller.signal), Error, "enough");
});

Deno.test("statePaths() keeps every file below the state directory, all under different names", () => {
  const { ledger, candles, walletLock, models, oldModel } = statePaths("/state");
  const all = [ledger, candles, walletLock("allo1x"), models(67n), models(68n), oldModel(67n)];
  assertEquals(new Set(all).size, all.length);
  assert(all.every((path) => path.startsWith("/state/")));
});
