import { assertEquals, assertMatch } from "@std/assert";
import { reportText } from "../../src/health/report.ts";
import { writeStatusFile } from "../../src/health/status_file.ts";
import { withLedger } from "../ledger/fixture.ts";
import { assertSays, DOWN, lookAt, practiseQuickly, rootOf } from "./bench.ts";

const MINUTE_MS = 60_000;

Deno.test("failures in a row: the first is a warning, the third critical, a success ends them, what is retried does neither", async () => {
  await using worker = await practiseQuickly();
  const end = (error?: string) =>
    worker.ledger.finishRun("submit", {
      ...{ exitCode: error === undefined ? 0 : 69, error },
      topics: new Map([[1n, error]]),
    });
  const look = () => lookAt(worker, "failures");
  end("the venue is down");
  assertSays(await look(), "failures topic 1", "WARNING", /^1 visit failed.*the venue is down$/);
  end("the venue is down");
  end("the node is down");
  assertSays(await look(), "failures topic 1", "CRITICAL", /^3 visits failed.*the node is down$/);
  assertSays(await look(), "failures submit", "CRITICAL", /^3 visits/);
  end();
  assertSays(await look(), "failures topic 1", "OK", /did not fail/);
  const [{ succeededMs } = { succeededMs: 0 }] = worker.ledger.runs();
  await new Promise((resolve) => setTimeout(resolve, 2));
  const again = () => {
    const topics = new Map([[1n, "held by another"]]);
    worker.ledger.finishRun("submit", { exitCode: 75, error: "held by another", topics });
  };
  for (let visits = 0; visits < 3; visits++) again();
  assertSays(await look(), "failures topic 1", "OK", /did not fail/);
  assertSays(await look(), "failures submit", "OK", /did not fail/);
  end("the node is down");
  again();
  assertSays(await look(), "failures submit", "WARNING", /^1 visit failed/);
  assertEquals(worker.ledger.runs()[0]?.succeededMs, succeededMs);
  const settings = { stateDir: `${worker.settings.stateDir}/none` };
  const found = await lookAt(worker, "failures", { settings });
  assertSays(found, "failures", "UNKNOWN", /there is none at/);
});

Deno.test("the last run: the timers' by its age, the daemon by its heartbeat, whichever ran last", async () => {
  await using worker = await practiseQuickly();
  const { ledger } = worker;
  const look = (minutes: number) =>
    lookAt(worker, "last-run", { nowMs: Date.now() + minutes * MINUTE_MS });
  assertSays(await look(0), "last-run", "UNKNOWN", /^neither submit nor the daemon has run yet$/);
  ledger.finishRun("submit", { exitCode: 75, error: "no blocks", topics: new Map() });
  assertSays(await look(14), "last-run", "OK", /^submit ended 14 min ago with exit code 75: no/);
  assertSays(await look(16), "last-run", "WARNING", /^submit ended 16 min ago/);
  const late = assertSays(await look(66), "last-run", "CRITICAL", /^submit ended 66 min ago/);
  assertEquals([late.warn, late.crit, late.unit], ["900", "3900", "s"]);
  assertSays(await look(-180), "last-run", "UNKNOWN", /3 h in the future: a clock was wrong/);
  const slow = { healthLastRunMs: { warn: 70 * MINUTE_MS, crit: 130 * MINUTE_MS } };
  const nowMs = Date.now() + 66 * MINUTE_MS;
  assertSays(await lookAt(worker, "last-run", { settings: slow, nowMs }), "last-run", "OK", /66/);

  await new Promise((resolve) => setTimeout(resolve, 2));
  ledger.startRun("daemon");
  assertSays(await look(1), "last-run", "OK", /^the daemon was heard of 60 s ago$/);
  assertSays(await look(3), "last-run", "WARNING", /^the daemon was heard of 3 min ago$/);
  assertSays(await look(6), "last-run", "CRITICAL", /^the daemon was heard of 6 min ago$/);
  ledger.finishRun("daemon", { exitCode: 70, error: "a defect", topics: new Map() });
  assertSays(
    await look(0),
    "last-run",
    "CRITICAL",
    /^the daemon stopped .* exit code 70: a defect$/,
  );
});

Deno.test("a submit by hand does not hide a daemon that is dead, where the daemon is what submits", async () => {
  await using worker = await practiseQuickly();
  const { ledger } = worker;
  const root = rootOf(worker);
  const look = (minutes: number) =>
    lookAt(worker, "last-run", { root, nowMs: Date.now() + minutes * MINUTE_MS });
  const submitByHand = () => ledger.finishRun("submit", { exitCode: 0, topics: new Map() });
  ledger.startRun("daemon");
  await new Promise((resolve) => setTimeout(resolve, 2));
  submitByHand();
  assertSays(await look(6), "last-run", "CRITICAL", /^the daemon was heard of 6 min ago$/);
  // Stopped by its person, it is given up for submit, unless the units use it.
  ledger.finishRun("daemon", { exitCode: 0, topics: new Map() });
  await new Promise((resolve) => setTimeout(resolve, 2));
  submitByHand();
  assertSays(await look(6), "last-run", "OK", /^submit ended 6 min ago$/);
  const wants = `${root}/etc/systemd/system/multi-user.target.wants`;
  await Deno.mkdir(wants, { recursive: true });
  await Deno.symlink("/dev/null", `${wants}/allora-pipeline-daemon.service`);
  assertSays(await look(6), "last-run", "CRITICAL", /^the daemon stopped 6 min ago$/);
});

Deno.test("a pause is said plainly, in the headline and as the program's state", async () => {
  await using worker = await practiseQuickly();
  const { settings, ledger } = worker;
  await Deno.writeTextFile(`${settings.stateDir}/paused`, "");
  const results = (await Promise.all([lookAt(worker, "pause"), lookAt(worker, "last-run")])).flat();
  assertMatch(reportText(results, false), /^OK - paused for 0 s: nothing is submitted .*: 2 OK/);
  await Deno.mkdir(settings.logDir);
  writeStatusFile({ settings, results, checkedMs: Date.now(), ledger: () => ledger });
  const status = await Deno.readTextFile(`${settings.logDir}/healthcheck_status.log`);
  assertMatch(status, /^status +OK: paused for 0 s: nothing is submitted/m);
  assertMatch(status, /^program +paused for 0 s: nothing is submitted/m);
});

Deno.test("a pause is no failure until it lasts longer than was meant", async () => {
  await using worker = await practiseQuickly();
  const file = `${worker.settings.stateDir}/paused`;
  assertSays(await lookAt(worker, "pause"), "pause", "OK", /^not paused$/);
  await Deno.writeTextFile(file, "");
  assertSays(await lookAt(worker, "pause"), "pause", "OK", /^paused for 0 s/);
  assertSays(await lookAt(worker, "last-run"), "last-run", "OK", /^paused/);
  const nowMs = Date.now() + 9 * 60 * MINUTE_MS;
  const late = assertSays(await lookAt(worker, "pause", { nowMs }), "pause", "WARNING", /for 9 h/);
  assertEquals(late.fix, `rm ${file}`);
  const pauseFile = `${file}/below-a-file`;
  assertSays(await lookAt(worker, "pause", { pauseFile }), "pause", "UNKNOWN", /Cannot look at/);
});

Deno.test("the balance: absolute floors, and the days that it lasts at the measured pace", async () => {
  await using worker = await practiseQuickly();
  const ALLO = 10n ** 18n;
  const floors = (warn: bigint, crit: bigint) => ({ healthBalanceUallo: { warn, crit } });
  const look = (settings = {}) => lookAt(worker, "balance", { settings });
  assertSays(await look(), "balance", "UNKNOWN", /knows no wallet yet/);
  worker.stepUntil("open");
  await worker.visit();
  const found = assertSays(await look(), "balance", "OK", /holds 0\.9999\d+ ALLO$/);
  assertEquals([found.warn, found.crit, found.unit], ["0.01:", "0.001:", "ALLO"]);
  assertSays(await look(floors(2n * ALLO, ALLO / 2n)), "balance", "WARNING", /holds/);
  assertSays(await look(floors(3n * ALLO, 2n * ALLO)), "balance", "CRITICAL", /holds/);
  assertSays(await look(DOWN), "balance", "UNKNOWN", /Cannot use/);

  const days = assertSays(await look(), "runway", "OK", /more than a hundred years/).value!;
  const limits = (warn: number, crit: number) => ({ healthRunwayDays: { warn, crit } });
  assertSays(await look(limits(days * 2, days / 2)), "runway", "WARNING", /lasts/);
  assertSays(await look(limits(days * 3, days * 2)), "runway", "CRITICAL", /lasts/);
  const granter = "allo19rl4cm2hmr8afy4kldpxz3fka4jguq0ajnh7gv";
  assertSays(await look({ feeGranter: granter }), "balance", "CRITICAL", /jnh7gv holds 0 ALLO$/);
});

Deno.test("of several wallets the one that submitted last is looked at", () => {
  withLedger((ledger) => {
    ledger.rememberAddress("1", "allo1old");
    ledger.rememberAddress("2", "allo1new");
    ledger.rememberAddress("3", "allo1never");
    const { key, plan } = { key: { topicId: 1n, nonce: 720n }, plan: NO_PLAN };
    ledger.refuse({ ...plan, ...key, worker: "allo1new" });
    assertEquals(ledger.workers()[0], "allo1new");
  });
});

const NO_PLAN = {
  ...{ value: "1", model: "m", reason: "of a test", windowOpens: 721n, windowCloses: 1320n },
};
