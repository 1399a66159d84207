import { assert, assertEquals, assertMatch } from "@std/assert";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { newMnemonic } from "../../src/chain/keys.ts";
import { realHost } from "../../src/host/host.ts";
import { HOURLY, type Practice, type PracticeOptions, practise } from "../cycle/practice.ts";
import { canMount, fillDisk, onTmpfs, SKIPPED } from "../host/tmpfs.ts";
import { runMain, startMain } from "./run_main.ts";

/** The daemon as a service: a real process, its files, its log, and what it tells the service manager. */
interface Service extends AsyncDisposable {
  readonly dir: string;
  readonly process: Deno.ChildProcess;
  /** What the service manager was told. */
  readonly heard: string[];
  /** Until submission.log has `count` of the event. */
  logged(event: string, count?: number): Promise<Record<string, unknown>>;
  ended(): Promise<{ readonly code: number; readonly stderr: string }>;
  hasEnded(): boolean;
}

async function serve(worker: Practice, env: Record<string, string> = {}): Promise<Service> {
  const { mnemonicFile, logDir } = worker.settings;
  const dir = dirname(logDir);
  const mnemonic = await worker.run().mnemonic();
  await Deno.writeTextFile(mnemonicFile, mnemonic, { mode: 0o600 });
  const heard: string[] = [];
  const path = join(dir, "notify");
  const manager = Deno.listenDatagram({ transport: "unixpacket", path });
  const listening = (async () => {
    for await (const [bytes] of manager) heard.push(new TextDecoder().decode(bytes));
  })();
  const process = startMain(["daemon"], { cwd: dir, env: { NOTIFY_SOCKET: path, ...env } });
  let hasEnded = false;
  const output = process.output().then(({ code, stderr }) => {
    hasEnded = true;
    return { code, stderr: new TextDecoder().decode(stderr) };
  });
  const events = () => {
    try {
      return Deno.readTextFileSync(join(logDir, "submission.log")).trim().split("\n")
        .map((line): Record<string, unknown> => JSON.parse(line));
    } catch {
      return [];
    }
  };
  return {
    ...{ dir, process, heard, ended: () => output, hasEnded: () => hasEnded },
    async logged(event, count = 1) {
      for (let tries = 0; tries < 2000; tries++) {
        const found = events().filter((each) => each["event"] === event);
        if (found.length >= count) return found[count - 1]!;
        if (hasEnded) break;
        await realHost.sleep(10);
      }
      throw new Error(`${event} was never logged: ${hasEnded ? (await output).stderr : ""}`);
    },
    async [Symbol.asyncDispose]() {
      if (!hasEnded) process.kill("SIGKILL");
      await output;
      manager.close();
      await listening;
    },
  };
}

/** A registered worker whose next window is open. */
async function registered(options?: PracticeOptions): Promise<Practice> {
  const worker = await practise(options);
  await worker.passFirstWindow();
  return worker;
}

async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; !holds(); tries++) {
    assert(tries < 2000, "it never came");
    await realHost.sleep(10);
  }
}

Deno.test("SIGTERM between sent and confirmed: the submission may end, and the daemon exits 0", async () => {
  await using worker = await registered();
  await using service = await serve(worker, { WATCHDOG_USEC: "1500000" });
  await service.logged("submission.sent");
  service.process.kill("SIGTERM");
  await service.logged("daemon.stopping");
  worker.devnet.step();
  const { code, stderr } = await service.ended();
  assertEquals(code, 0, stderr);
  await service.logged("submission.confirmed").catch(() => {});
  assertEquals(worker.ledger.history(1n, 1)[0]?.state, "confirmed");
  assertEquals(await worker.sequence(), 3n);
  await until(() => service.heard.includes("STOPPING=1"));
  assert(service.heard.includes("WATCHDOG=1"));
  assert(service.heard.includes("READY=1"));
  const status = service.heard.find((each) => each.startsWith("STATUS="));
  assertMatch(
    status!,
    /^STATUS=1 topic, (polling|hearing events); submitted topic 1 nonce \d+ at /,
  );
});

Deno.test("a second signal ends the daemon at once; the next submit finishes what it sent, once", async () => {
  await using worker = await registered();
  await using service = await serve(worker);
  await service.logged("submission.sent");
  service.process.kill("SIGTERM");
  await service.logged("daemon.stopping");
  service.process.kill("SIGINT");
  assertEquals((await service.ended()).code, 130);
  assertEquals(worker.ledger.history(1n, 1)[0]?.state, "sent");

  worker.devnet.step();
  const { code, stdout, stderr } = await runMain(["submit", "--json"], { cwd: service.dir });
  assertEquals(code, 0, stderr);
  assertEquals(JSON.parse(stdout).topics[0].outcome, "confirmed");
  assertEquals(worker.ledger.history(1n, 1)[0]?.state, "confirmed");
  assertEquals(await worker.sequence(), 3n);
});

Deno.test("SIGHUP reads settings and topics again; what is wrong with them changes nothing", async () => {
  await using worker = await practise();
  worker.stepUntil("open");
  await worker.visit();
  await using service = await serve(worker);
  const { dir, process, heard } = service;
  await until(() => heard.includes("READY=1"));
  const settings = await Deno.readTextFile(`${dir}/.env`);
  const ready = () => heard.filter((each) => each === "READY=1").length;

  await Deno.writeTextFile(`${dir}/.env`, `${settings}ALLORA_RPC_TIMEOUT=soon\n`);
  process.kill("SIGHUP");
  assertMatch(
    String((await service.logged("daemon.reload_failed", 1))["error"]),
    /RPC_TIMEOUT.*soon/,
  );
  await until(() => ready() === 2);
  assert(heard.some((each) => /^RELOADING=1\nMONOTONIC_USEC=\d+$/.test(each)), heard.join());
  await Deno.writeTextFile(`${dir}/.env`, settings);

  const mnemonic = await Deno.readTextFile(`${dir}/data/mnemonic`);
  await Deno.writeTextFile(`${dir}/data/mnemonic`, newMnemonic());
  process.kill("SIGHUP");
  assertMatch(
    String((await service.logged("daemon.reload_failed", 2))["error"]),
    /change the wallet/,
  );
  await Deno.writeTextFile(`${dir}/data/mnemonic`, mnemonic);

  await Deno.writeTextFile(`${dir}/topics/1.env`, "ALLORA_TARGET=nonsense\n");
  process.kill("SIGHUP");
  assertMatch(String((await service.logged("daemon.reload_failed", 3))["error"]), /topics\/1\.env/);

  await Deno.writeTextFile(`${dir}/topics/3.env`, HOURLY.replace("log-return", "price"));
  await Deno.remove(`${dir}/topics/1.env`);
  process.kill("SIGHUP");
  assertEquals((await service.logged("daemon.reloaded"))["topics"], 1);
  // The new topic is worked on: its model is missing, and that is said of it alone.
  await until(() => heard.some((each) => each.startsWith("STATUS=1 topic,")));
  await until(() => worker.ledger.lastWindow(3n) !== undefined);
  process.kill("SIGTERM");
  worker.devnet.step(5);
  await service.logged("daemon.stopping");
  const stepping = setInterval(() => worker.devnet.step(), 50);
  assertEquals((await service.ended()).code, 0);
  clearInterval(stepping);
});

/** Blocks until the window that is open has the daemon's prediction, its `count`-th, in a block. */
async function confirmed(worker: Practice, service: Service, count: number): Promise<void> {
  await service.logged("submission.sent", count);
  worker.devnet.step();
  await service.logged("submission.confirmed", count);
}

function openNextWindow(worker: Practice): void {
  worker.stepUntil("closed");
  worker.stepUntil("open");
}

async function stop(service: Service): Promise<void> {
  service.process.kill("SIGTERM");
  const { code, stderr } = await service.ended();
  assertEquals(code, 0, stderr);
}

Deno.test("a daemon whose ledger takes no note of how it does goes on submitting, and notes it later", async () => {
  await using worker = await registered();
  using ledger = new DatabaseSync(join(worker.settings.stateDir, "ledger.db"));
  const refuse = (change: string) =>
    `CREATE TRIGGER no_${change} BEFORE ${change} ON runs
     BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END;`;
  ledger.exec(refuse("INSERT") + refuse("UPDATE"));
  await using service = await serve(worker);
  await confirmed(worker, service, 1);
  assertMatch(String((await service.logged("run.unrecorded"))["error"]), /is full/);
  assertEquals(worker.ledger.runs(), []);

  ledger.exec("DROP TRIGGER no_INSERT; DROP TRIGGER no_UPDATE");
  openNextWindow(worker);
  await confirmed(worker, service, 2);
  const isAtWork = () =>
    worker.ledger.runs().some(({ succeededMs, finishedMs }) =>
      succeededMs !== null && finishedMs === null
    );
  await until(isAtWork);
  await stop(service);
  assertEquals(worker.ledger.runs()[0]?.exitCode, 0);
});

Deno.test({
  name: `a daemon rides out a full disk, and submits when there is room again${SKIPPED}`,
  ignore: !canMount,
  fn: () =>
    onTmpfs("32m", async (stateDir) => {
      await using worker = await registered({ env: `ALLORA_STATE_DIR=${stateDir}\n` });
      await using service = await serve(worker);
      await confirmed(worker, service, 1);

      const filler = fillDisk(stateDir);
      openNextWindow(worker);
      await service.logged("run.unrecorded");
      assert(!service.hasEnded(), "the daemon has ended");
      await Deno.remove(filler);
      await confirmed(worker, service, 2);
      await stop(service);
    }),
});

Deno.test("SIGHUP does not wait for a channel that hangs: it is told later", async () => {
  await using worker = await registered();
  const dir = dirname(worker.settings.logDir);
  using hanging = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  await Deno.writeTextFile(`${dir}/hook`, `http://127.0.0.1:${hanging.addr.port}/\n`, {
    mode: 0o600,
  });
  await Deno.writeTextFile(`${dir}/.env`, `ALLORA_WEBHOOK_FILE=${dir}/hook\n`, { append: true });
  await using service = await serve(worker);
  await confirmed(worker, service, 1);
  using _call = await hanging.accept();

  service.process.kill("SIGHUP");
  const { error } = await service.logged("alert.not_delivered");
  assertMatch(String(error), /settings are read again/);
  openNextWindow(worker);
  await confirmed(worker, service, 2);
  assertEquals(worker.ledger.pendingDeliveries("webhook").length, 1);
  await stop(service);
});
