import { assertEquals, assertRejects } from "@std/assert";
import { fundWallet } from "../../src/cycle/fund_wallet.ts";
import { walletBalance } from "../../src/cycle/wallet_balance.ts";
import { PipelineError } from "../../src/errors.ts";
import { realHost } from "../../src/host/host.ts";
import { practise } from "./practice.ts";

const DAY_MS = 86_400_000;

/** A faucet that says yes, whose transaction gets into a block when `sleeps` of the run have passed. */
async function fundAfter(sleeps: number) {
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    () => new Response("ok"),
  );
  const env = `ALLORA_FAUCET_URL=http://127.0.0.1:${server.addr.port}\n`;
  await using worker = await practise({ env });
  let slept = 0;
  const sleep = () => {
    if (++slept === sleeps) worker.devnet.fund(worker.address, 7n);
    return Promise.resolve();
  };
  const run = worker.run({ host: { ...realHost, sleep } });
  const funding = await fundWallet(run, worker.address).catch((thrown: unknown) => thrown);
  return { funding, slept, told: worker.told.map(({ event }) => event) };
}

Deno.test("fundWallet() waits until the coins are there, and tells how many came", async () => {
  const { funding, slept, told } = await fundAfter(3);
  assertEquals(funding, { receivedUallo: 7n, balanceUallo: 10n ** 18n + 7n });
  assertEquals([slept, told.includes("wallet.funded")], [3, true]);
});

Deno.test("fundWallet() gives up on coins that do not come in a minute", async () => {
  const { funding, slept } = await fundAfter(Infinity);
  const error = funding as PipelineError;
  assertEquals([error.kind, slept], ["retry", 20]);
});

Deno.test("walletBalance() reckons the runway at the faster of the day's and the week's pace", async () => {
  await using worker = await practise();
  const { address, settings } = worker;
  const before = await walletBalance(worker.run(), address);
  assertEquals([before.balanceUallo, before.runwayDays], [10n ** 18n, undefined]);
  assertEquals([before.feesDayUallo, before.feesWeekUallo], [0n, 0n]);

  worker.stepUntil("open");
  await worker.visit();
  const at = (days: number) => {
    const nowMs = () => Date.now() + days * DAY_MS;
    return walletBalance(worker.run({ host: { ...realHost, nowMs } }), address);
  };
  const days = (balance: bigint, perWeek: bigint) => Number((balance * 70n) / perWeek) / 10;
  const today = await at(0);
  const fee = today.feesDayUallo;
  assertEquals([fee > 0n, today.feesWeekUallo, today.account?.sequence], [true, fee, 2n]);
  assertEquals(today.runwayDays, days(today.balanceUallo, fee * 7n));
  const later = await at(3);
  assertEquals([later.feesDayUallo, later.feesWeekUallo], [0n, fee]);
  assertEquals(later.runwayDays, days(later.balanceUallo, fee));
  const longAgo = await at(8);
  assertEquals([longAgo.feesWeekUallo, longAgo.runwayDays], [0n, undefined]);

  const granted = worker.run({ settings: { ...settings, feeGranter: address } });
  assertEquals((await walletBalance(granted, address)).runwayDays, undefined);
});

Deno.test("fundWallet() asks for nothing on a chain whose coins are worth something", async () => {
  await using worker = await practise();
  const run = worker.run({ settings: { ...worker.settings, chainId: "allora-mainnet-1" } });
  const error = await assertRejects(() => fundWallet(run, worker.address), PipelineError);
  assertEquals(error.kind, "config");
});
