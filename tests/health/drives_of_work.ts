import process from "node:process";
import { DatabaseSync } from "node:sqlite";
import { statePaths } from "../../src/host/paths.ts";
import { loadSettings } from "../../src/settings.ts";
import type { Practice } from "../cycle/practice.ts";
import { DOWN, type Look, lookAt, meet, miss, rootOf } from "./bench.ts";
import { at, type Drive } from "./drive.ts";

const ALLO = 10n ** 18n;
const PHRASE = `${"abandon ".repeat(11)}about\n`;

const inMinutes = (minutes: number): Look => ({ nowMs: Date.now() + minutes * 60_000 });
const nowhere = ({ settings }: Practice) => ({
  settings: { stateDir: `${settings.stateDir}/none` },
});

function edited(worker: Practice, sql: string): void {
  using editor = new DatabaseSync(statePaths(worker.settings.stateDir).ledger);
  editor.exec(sql);
}

/** As a user who may not look into the worker's directory, which belongs to somebody else. */
async function asStranger<T>(worker: Practice, body: () => Promise<T>): Promise<T> {
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) process.seteuid?.(65534);
  else await Deno.chmod(rootOf(worker), 0o000);
  try {
    return await body();
  } finally {
    if (isRoot) process.seteuid?.(0);
    else await Deno.chmod(rootOf(worker), 0o700);
  }
}

/** What the worker itself does, and has. */
export const DRIVES_OF_WORK: readonly Drive[] = [
  {
    id: "settings",
    async drive(worker, see) {
      const look = at(worker, "settings");
      const cwd = rootOf(worker);
      see("OK", await look());
      await Deno.chmod(`${cwd}/topics/1.env`, 0o666);
      see("WARNING", await look());
      await Deno.writeTextFile(`${cwd}/topics/2.env`, "ALLORA_TARGET=luck\n");
      const settings = loadSettings({ flags: {}, env: {}, cwd, root: cwd });
      see("CRITICAL", await look({ settings }));
      see("UNKNOWN", await look({ settings: { globalFile: `${cwd}/.env/below-a-file` } }));
    },
  },
  {
    id: "submission",
    async drive(worker, see) {
      const look = at(worker, "submission");
      await meet(worker);
      see("OK", await look());
      miss(worker);
      see("WARNING", await look());
      miss(worker);
      see("CRITICAL", await look());
      see("UNKNOWN", await look({ settings: DOWN }));
    },
  },
  {
    id: "failures",
    async drive(worker, see) {
      const look = at(worker, "failures");
      const end = (error?: string) =>
        worker.ledger.finishRun("submit", {
          ...{ exitCode: error === undefined ? 0 : 69, error },
          topics: new Map([[1n, error]]),
        });
      end();
      see("OK", await look());
      end("the venue is down");
      see("WARNING", await look());
      end("the venue is down");
      end("the venue is down");
      see("CRITICAL", await look());
      see("UNKNOWN", await look(nowhere(worker)));
    },
  },
  {
    id: "last-run",
    way: "of the timers",
    async drive(worker, see) {
      const look = at(worker, "last-run");
      see("UNKNOWN", await look());
      worker.ledger.finishRun("submit", { exitCode: 0, topics: new Map() });
      see("OK", await look());
      see("WARNING", await look(inMinutes(16)));
      see("CRITICAL", await look(inMinutes(66)));
    },
  },
  {
    id: "last-run",
    way: "of the daemon",
    async drive(worker, see) {
      const root = rootOf(worker);
      const wants = `${root}/etc/systemd/system/multi-user.target.wants`;
      await Deno.mkdir(wants, { recursive: true });
      await Deno.symlink("/dev/null", `${wants}/allora-pipeline-daemon.service`);
      const look = (minutes = 0) => lookAt(worker, "last-run", { root, ...inMinutes(minutes) });
      see("UNKNOWN", await look());
      worker.ledger.startRun("daemon");
      see("OK", await look());
      see("WARNING", await look(3));
      see("CRITICAL", await look(6));
    },
  },
  {
    id: "pause",
    async drive(worker, see) {
      const look = at(worker, "pause");
      see("OK", await look());
      const pauseFile = `${worker.settings.stateDir}/paused`;
      await Deno.writeTextFile(pauseFile, "");
      see("WARNING", await look(inMinutes(9 * 60)));
      see("CRITICAL", await look(inMinutes(25 * 60)));
      see("UNKNOWN", await look({ pauseFile: `${pauseFile}/below-a-file` }));
    },
  },
  {
    id: "balance",
    async drive(worker, see) {
      const floors = (warn: bigint, crit: bigint) =>
        at(worker, "balance")({ settings: { healthBalanceUallo: { warn, crit } } });
      see("UNKNOWN", await floors(2n, 1n));
      worker.ledger.rememberAddress("0000", worker.address);
      see("OK", await floors(ALLO / 2n, ALLO / 4n));
      see("WARNING", await floors(2n * ALLO, ALLO / 2n));
      see("CRITICAL", await floors(3n * ALLO, 2n * ALLO));
    },
  },
  {
    id: "runway",
    async drive(worker, see) {
      await meet(worker);
      const look = (warn: number, crit: number) =>
        at(worker, "balance")({ settings: { healthRunwayDays: { warn, crit } } });
      see("OK", await look(10, 3));
      see("WARNING", await look(1e15, 3));
      see("CRITICAL", await look(1e16, 1e15));
      edited(worker, "UPDATE transactions SET fee_paid_uallo = 'much'");
      see("UNKNOWN", await look(10, 3));
    },
  },
  {
    id: "credentials",
    async drive(worker, see) {
      const look = at(worker, "credentials");
      const { mnemonicFile, slackWebhookFile } = worker.settings;
      see("CRITICAL", await look());
      await Deno.writeTextFile(mnemonicFile, PHRASE, { mode: 0o600 });
      see("OK", await look());
      await Deno.writeTextFile(slackWebhookFile, "https://hooks.example/x", { mode: 0o644 });
      see("WARNING", await look());
      const found = await asStranger(worker, look);
      see("UNKNOWN", found.filter(({ subject }) => subject === "mnemonic"));
    },
  },
  {
    id: "ledger",
    async drive(worker, see) {
      const look = at(worker, "ledger");
      see("OK", await look());
      worker.ledger.refuse({
        ...{ topicId: 1n, nonce: 720n, worker: worker.address, value: "1", model: "m" },
        ...{ reason: "of a test", windowOpens: 721n, windowCloses: 1320n },
      });
      edited(worker, "UPDATE submissions SET state = 'planned', settled_ms = 1");
      see("WARNING", await look());
      see("UNKNOWN", await look(nowhere(worker)));
      const stateDir = `${worker.settings.stateDir}/damaged`;
      await Deno.mkdir(stateDir);
      await Deno.writeTextFile(statePaths(stateDir).ledger, "no database at all ".repeat(99));
      see("CRITICAL", await look({ settings: { stateDir } }));
    },
  },
  {
    id: "disk",
    async drive(worker, see) {
      await Deno.mkdir(worker.settings.logDir);
      const look = (warn: number, crit: number, settings = {}) =>
        at(worker, "disk")({ settings: { healthDiskMb: { warn, crit }, ...settings } });
      see("OK", await look(1, 1));
      see("WARNING", await look(1e9, 1));
      see("CRITICAL", await look(1e9, 1e9));
      see("UNKNOWN", await look(1, 1, { stateDir: `${rootOf(worker)}/nowhere` }));
    },
  },
  {
    id: "log-size",
    async drive(worker, see) {
      const look = at(worker, "log-size");
      const { logDir } = worker.settings;
      await Deno.mkdir(logDir);
      const log = `${logDir}/submission.log`;
      for (const [status, megabytes] of [["OK", 1], ["WARNING", 81], ["CRITICAL", 101]] as const) {
        await Deno.writeTextFile(log, "");
        await Deno.truncate(log, megabytes * 1_000_000);
        see(status, await look());
      }
      see("UNKNOWN", await look({ settings: { logDir: log } }));
    },
  },
];
