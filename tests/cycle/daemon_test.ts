import { assert, assertEquals } from "@std/assert";
import { runDaemon } from "../../src/cycle/run_daemon.ts";
import { workerOf } from "../../src/cycle/worker.ts";
import { realHost } from "../../src/host/host.ts";
import { practise } from "./practice.ts";

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

Deno.test("the daemon submits in the first blocks of every window, whatever one visit's deadline is", async () => {
  const { told, rows } = await untilProven(2, "", 5000);
  assertEquals(told.filter(({ event }) => event.endsWith("failed")), []);
  // The first window was open before the daemon was there.
  const late = told.filter(({ event }) => event === "submission.confirmed").slice(1)
    .map(({ fields }) => Number(fields["height"]) - Number(fields["nonce"]));
  assert(late.length >= 1 && late.every((blocks) => blocks < 300), late.join());
  assert(rows.every(({ included }) => included !== false));
});

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
