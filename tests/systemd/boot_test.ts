import { assert, assertEquals, assertMatch } from "@std/assert";
import { connect } from "../../src/chain/client.ts";
import { type Devnet, startDevnet } from "../../src/devnet/start.ts";
import { realHost } from "../../src/host/host.ts";
import { commandsOf, fileText } from "../docs/guide.ts";
import { deployment, elsewhere, olderProgram } from "./deployment.ts";
import { ETC, type Installed, isActive, resultOf, UNIT } from "./installed.ts";
import { binary, boot, eventually, type Machine } from "./machine.ts";
import { noSecretLeft } from "./no_secret_left.ts";
import { ownTimer } from "./own_timer.ts";

/** A block in 25 ms, an hourly epoch in 18 s. */
const SPEED = 200;
/** As an operator does it, following what install prints. */
async function setUp(machine: Machine, devnet: Devnet): Promise<Installed> {
  const { run } = machine;
  const said = await run("make -C /mnt install");
  for (const step of [`${UNIT} init`, "wallet new", `${UNIT}.target`, `${UNIT}.service`]) {
    assert(said.includes(step), said);
  }
  const enabled = `systemctl list-unit-files --state=enabled --no-legend '${UNIT}*'`;
  assertEquals((await machine.try(enabled)).stdout, "");
  const { wallet: { address }, next } = JSON.parse(
    await run(
      `${UNIT} init --network custom --rpc ${devnet.rpcUrl} --chain-id ${devnet.chain.chainId} ` +
        `--venues binance --binance-url ${devnet.marketUrl} --faucet-url ${devnet.rpcUrl} ` +
        "--model ridge --topics 1 --yes --json",
    ),
  );
  assert(next.includes(`sudo systemctl enable --now ${UNIT}.target`), next);
  const settings = await run(`cat ${ETC}/${UNIT}.env`);
  await run("make -C /mnt install");
  assertEquals(await run(`cat ${ETC}/${UNIT}.env`), settings);
  assertEquals(
    await run(`stat -c '%n %a %U:%G' ${ETC}/mnemonic ${ETC}/${UNIT}.env ${ETC}/topics/1.env`),
    `${ETC}/mnemonic 600 root:root\n` +
      `${ETC}/${UNIT}.env 640 root:${UNIT}\n${ETC}/topics/1.env 640 root:${UNIT}`,
  );
  // Root has made them, and the service must be able to use them.
  const foreign =
    "find /var/lib/allora-pipeline /var/log/allora-pipeline -not -user allora-pipeline";
  assertEquals(await run(foreign), "");
  const chain = await connect({ urls: [devnet.rpcUrl], timeoutMs: 5000, host: realHost });
  return {
    ...{ machine, devnet, address },
    sequence: async () => (await chain.account(address))?.sequence ?? 0n,
    epochs: async () => JSON.parse(await run(`${UNIT} history --json`)).epochs,
  };
}

await binary();
const machine = await boot();
const why = typeof machine === "string" ? `: ${machine}` : "";

Deno.test({
  name: `installed on a machine that boots, the pipeline does its work${why}`,
  ignore: typeof machine === "string",
  // The machine was booted before the test, to know whether it can be.
  ...{ sanitizeOps: false, sanitizeResources: false },
  fn: async (t) => {
    if (typeof machine === "string") return;
    await using devnet = await startDevnet({ speed: SPEED });
    await using _off = machine;
    const it = await setUp(machine, devnet);
    for (const [name, fn] of Object.entries(STEPS)) {
      const explained = () =>
        fn(it).catch(async (cause) => {
          const journal = await machine.run("journalctl --no-pager -n 60 -o short-precise");
          throw new Error(`${name}; the journal says:\n${journal}`, { cause });
        });
      // Each begins with what the one before has left.
      if (!await t.step(name, explained)) return;
    }
  },
});

const STEPS: Readonly<Record<string, (it: Installed) => Promise<void>>> = {
  "the timers fire, and a submission is in a block": timersFire,
  "the guide's questions to systemd and the journal work as printed": guide,
  "health is a service whose exit codes systemd understands": health,
  "neither good nor failing visits are ever turned away by a start limit": manyVisits,
  "a unit that fails is told to a person, even when its settings cannot be read": alerted,
  "the log is rotated in a sandbox without a network, and what is left is written to": rotated,
  "touch paused: visits are left out, and nothing has failed": pause,
  "a mnemonic that systemd-creds has encrypted is as good as a plain one": encrypted,
  "systemctl enable and start allora-pipeline.service, and reload it": daemon,
  "timer and daemon: the one that is started stops the other": conflict,
  "a daemon that hangs is killed by the watchdog and started again": watchdog,
  "an upgrade while a visit runs harms neither, and rolls back": upgrade,
  "make deploy and make rollback replace the program over ssh": deployment,
  "with PREFIX=/opt/allora the program is deployed, at work, rolled back and uninstalled there":
    elsewhere,
  "a topic with a timer of its own is visited by its calendar, and submitted to": ownTimer,
  "no word of the wallet is in the journal, in files, or in a core of the daemon": noSecretLeft,
  "uninstalled, settings, secrets and state are still there": uninstall,
};

async function timersFire({ machine, epochs, sequence }: Installed) {
  const { run, show } = machine;
  // A Persistent= timer that was last due hours ago fires as it starts.
  const stamps = ["submit", "rotate", "health"].map((name) => `stamp-${UNIT}-${name}.timer`);
  await run(`mkdir -p /var/lib/systemd/timers && cd /var/lib/systemd/timers &&
    touch -d '2 hours ago' ${stamps.join(" ")}`);
  await run(`systemctl enable --now ${UNIT}.target`);
  for (const timer of ["submit", "rotate", "health"]) {
    assert(await isActive(machine, `-${timer}.timer`), timer);
    await eventually(`${timer} ran by its timer`, async () => {
      const [fired, ran] = await Promise.all([
        show(`${UNIT}-${timer}.timer`, "LastTriggerUSecMonotonic"),
        show(`${UNIT}-${timer}.service`, "ExecMainStartTimestampMonotonic"),
      ]);
      return fired !== "0" && Number(ran) > 0;
    });
  }
  await eventually("a confirmed submission", async () => {
    await run(`systemctl start ${UNIT}-submit.service`);
    return (await epochs()).some(({ state }) => state === "confirmed");
  }, 60);
  assert(await sequence() >= 2n);
  assertEquals(await resultOf(machine, "submit"), "success 0");
  assertMatch(
    await run(`journalctl --sync; journalctl -u ${UNIT}-submit`),
    /submission successful/,
  );
}

async function guide({ machine }: Installed) {
  const { fenced, inline } = commandsOf(await fileText("docs/operations.md"));
  const asked = new Set(
    [...fenced, ...inline].filter((each) =>
      /^(journalctl|systemctl (list-timers|cat)) /.test(each)
    ),
  );
  for (const question of asked) {
    const ofThisTopic = question.replace(/ALLORA_TOPIC_ID=\d+/, "ALLORA_TOPIC_ID=1");
    // What follows the journal goes on until it is stopped, which timeout says with 124.
    const { code, stdout, stderr } = await machine.try(
      / -f$/.test(question) ? `timeout 1 ${ofThisTopic}` : ofThisTopic,
    );
    assertEquals(code, / -f$/.test(question) ? 124 : 0, `${question}: ${stderr}`);
    const isOfWarnings = / -p warning/.test(question) || / -u \S*-daemon/.test(question);
    assert(isOfWarnings || !/^(0|-- No entries --)?$/.test(stdout.trim()), question);
  }
}

/** An hour of visits, as fast as they come. */
const VISITS = 13;

async function manyVisits({ machine, devnet }: Installed) {
  const { run } = machine;
  const visit = `systemctl start ${UNIT}-submit.service`;
  for (let visits = 0; visits < VISITS; visits++) await run(visit);
  assertEquals(await resultOf(machine, "submit"), "success 0");

  const settings = `${ETC}/${UNIT}.env`;
  await run(`sed -i.good 's|^ALLORA_RPC=.*|ALLORA_RPC=http://127.0.0.1:1|' ${settings}`);
  // From the ledger alone a visit would see that nothing is due.
  const ledger = "/var/lib/allora-pipeline/ledger.db";
  await run(
    `python3 -c "import sqlite3; sqlite3.connect('${ledger}').execute('UPDATE windows SET paces = 0').connection.commit()"`,
  );
  for (let visits = 0; visits < VISITS; visits++) {
    assert((await machine.try(visit)).code !== 0);
    assertEquals(await resultOf(machine, "submit"), "exit-code 69");
  }
  await run(`mv ${settings}.good ${settings} && ${visit}`);
  assertEquals(await resultOf(machine, "submit"), "success 0");
  assert(devnet.chain.height > 0);
}

async function health({ machine }: Installed) {
  const { run } = machine;
  const start = `systemctl start ${UNIT}-health.service`;
  const log = `/var/log/${UNIT}/submission.log`;
  await run(start);
  assertEquals(await resultOf(machine, "health"), "success 0");
  // A warning is no failure of the unit.
  await run(`cp -p ${log} ${log}.good && truncate -s 85M ${log} && ${start}`);
  assertEquals(await resultOf(machine, "health"), "success 1");
  await run(`mv ${log}.good ${log}`);

  const settings = `${ETC}/${UNIT}.env`;
  await run(`sed -i.good 's|^ALLORA_RPC=.*|ALLORA_RPC=http://127.0.0.1:1|' ${settings}`);
  const told: string[] = [];
  await using receiver = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    async (request) => {
      told.push(await request.text());
      return new Response();
    },
  );
  await machine.write(`${ETC}/webhook`, `http://127.0.0.1:${receiver.addr.port}/\n`, "0600");
  const alert = `${UNIT}-alert@${UNIT}-health.service`;
  const startOf = () => machine.show(alert, "ExecMainStartTimestampMonotonic");
  const before = await startOf();
  // Health tells people itself, so its unit has not failed and nobody is called a second time.
  await run(start);
  assertEquals(await resultOf(machine, "health"), "success 2");
  assert(told.some((text) => text.includes("CRITICAL endpoint")), told.join("\n"));
  const status = (await machine.try(`systemctl status --no-pager -l ${UNIT}-health`)).stdout;
  assertMatch(status, /status=2\b/);
  assertMatch(status, /CRITICAL +endpoint/);
  assertEquals(await startOf(), before);

  // Where nobody can be told, the unit fails, and OnFailure= has its turn.
  await run(`rm ${ETC}/webhook`);
  assert((await machine.try(start)).code !== 0);
  assertEquals(await resultOf(machine, "health"), "exit-code 69");
  await eventually("the alert ran and ended", async () => {
    const [ran, state] = await Promise.all([
      startOf(),
      machine.show(alert, "ActiveState"),
    ]);
    return ran !== before && state !== "activating";
  });
  await run(`mv ${settings}.good ${settings}`);
}

async function alerted({ machine }: Installed) {
  const { run } = machine;
  const told: string[] = [];
  await using receiver = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    async (request) => {
      told.push(await request.text());
      return new Response();
    },
  );
  const url = `http://127.0.0.1:${receiver.addr.port}/`;
  await machine.write(`${ETC}/webhook`, `${url}\n`, "0600");
  const settings = `${ETC}/${UNIT}.env`;
  await run(`cp -p ${settings} ${settings}.good && echo ALLORA_RPC_TIMEOUT=soon >> ${settings}`);
  assert((await machine.try(`systemctl start ${UNIT}-submit.service`)).code !== 0);
  assertEquals(await resultOf(machine, "submit"), "exit-code 78");
  await eventually("the alert", () => told.some((text) => text.includes(`${UNIT}-submit.service`)));
  await eventually("the alert's end", async () => {
    return await machine.show(`${UNIT}-alert@${UNIT}-submit.service`, "ActiveState") === "inactive";
  });
  await run(`mv ${settings}.good ${settings} && rm ${ETC}/webhook &&
    systemctl start ${UNIT}-submit.service`);
}

async function rotated({ machine }: Installed) {
  const { run } = machine;
  const lines = Number(await run(`wc -l < /var/log/${UNIT}/submission.log`));
  await run(`systemctl start ${UNIT}-rotate.service`);
  assertEquals(await resultOf(machine, "rotate"), "success 0");
  const archived = Number(await run(`zcat /var/log/${UNIT}/submission_*.log.gz | wc -l`));
  assert(lines > 0 && archived >= lines, `${archived} of ${lines}`);
  assertEquals(await run(`find /var/log/${UNIT} -not -user ${UNIT}`), "");
}

async function pause({ machine }: Installed) {
  const { run, show } = machine;
  const service = `${UNIT}-submit.service`;
  const ran = await show(service, "ExecMainStartTimestampMonotonic");
  await run(`touch ${ETC}/paused && systemctl start ${service}`);
  assertEquals(await show(service, "ConditionResult"), "no");
  assertEquals(await show(service, "ExecMainStartTimestampMonotonic"), ran);
  assertEquals((await machine.try(`systemctl is-failed ${service}`)).code, 1);
  await run(`rm ${ETC}/paused && systemctl start ${service}`);
  assert(await show(service, "ExecMainStartTimestampMonotonic") !== ran);
}

async function encrypted({ machine, address }: Installed) {
  const { run } = machine;
  await run(`mkdir -p /etc/credstore.encrypted && cd ${ETC} &&
    systemd-creds encrypt --with-key=host --name=mnemonic mnemonic \\
      /etc/credstore.encrypted/${UNIT}.mnemonic && mv mnemonic /root/mnemonic`);
  await machine.write(
    `/etc/systemd/system/${UNIT}-submit.service.d/encrypted.conf`,
    `[Service]\nLoadCredentialEncrypted=mnemonic:${UNIT}.mnemonic\n`,
  );
  await run(`systemctl daemon-reload && systemctl start ${UNIT}-submit.service`);
  assertEquals(await resultOf(machine, "submit"), "success 0");
  assertMatch((await machine.try(`${UNIT} doctor`)).stdout, /ok +credential .*: not in sight here/);
  // Without it there is no wallet, and one line says what to do.
  await run(
    `rm /etc/systemd/system/${UNIT}-submit.service.d/encrypted.conf && systemctl daemon-reload`,
  );
  assert((await machine.try(`systemctl start ${UNIT}-submit.service`)).code !== 0);
  assertEquals(await resultOf(machine, "submit"), "exit-code 78");
  await run(`mv /root/mnemonic ${ETC}/mnemonic && systemctl start ${UNIT}-submit.service`);
  assertEquals(await run(`${UNIT} wallet address`), address);
}

async function daemon({ machine, sequence }: Installed) {
  const { run, show } = machine;
  await run(`systemctl disable --now ${UNIT}.target`);
  await run(`systemctl enable ${UNIT}.service && systemctl start ${UNIT}.service`);
  assertEquals(await run(`systemctl is-enabled ${UNIT}-daemon.service`), "enabled");
  // And once more: the short name is no link that a second enable would stumble over.
  await run(`systemctl enable ${UNIT}.service`);
  assertEquals(await show(`${UNIT}.service`, "Id"), `${UNIT}-daemon.service`);
  const before = await sequence();
  await eventually("a submission by the daemon", async () => await sequence() > before, 90);
  assertMatch(await show(`${UNIT}.service`, "StatusText"), /^1 topic, hearing events/);
  // What it heard of was that window: it did not have to ask for it.
  const journal = await run(`journalctl --sync; journalctl -u ${UNIT}-daemon`);
  assert(!journal.includes("no events"), journal);
  for (const timer of ["rotate", "health"]) assert(await isActive(machine, `-${timer}.timer`));

  await run(`systemctl reload ${UNIT}.service`);
  await eventually("the reload", async () => {
    return (await run(`journalctl --sync; journalctl -u ${UNIT}-daemon`)).includes("read again");
  });
  // What it says last of a reload may come after what it logs.
  await eventually("the daemon at work", () => isActive(machine, "-daemon.service"));
}

async function conflict({ machine }: Installed) {
  const { run } = machine;
  for (const timer of ["-submit.timer", "-submit@1.timer"]) {
    await run(`systemctl start ${UNIT}${timer}`);
    await eventually("the daemon stopped", async () => !await isActive(machine, "-daemon.service"));
    await run(`systemctl start ${UNIT}.service`);
    assert(await isActive(machine, "-daemon.service"));
    assert(!await isActive(machine, timer), timer);
  }
  // A visit by hand finds the wallet in use, harms nothing, and calls nobody.
  await run(`systemctl start ${UNIT}-submit.service`);
  assertEquals(await resultOf(machine, "submit"), "success 75");
  assert(await isActive(machine, "-daemon.service"));
}

async function watchdog({ machine }: Installed) {
  const { run, show } = machine;
  const unit = `${UNIT}-daemon.service`;
  await machine.write(
    `/etc/systemd/system/${unit}.d/soon.conf`,
    "[Service]\nWatchdogSec=6s\nRestartSec=100ms\n",
  );
  await run(`systemctl daemon-reload && systemctl restart ${unit}`);
  const pid = await show(unit, "MainPID");
  await run(`kill -STOP ${pid}`);
  await eventually("the restart", async () => await show(unit, "NRestarts") === "1");
  await eventually("the daemon at work", () => isActive(machine, "-daemon.service"));
  assert(await show(unit, "MainPID") !== pid);
  assertMatch(await run(`journalctl --sync; journalctl -u ${unit}`), /[Ww]atchdog timeout/);
  await run(`rm /etc/systemd/system/${unit}.d/soon.conf && systemctl daemon-reload`);
  await run(`systemctl disable --now ${UNIT}.service && systemctl start ${UNIT}-submit.service`);
}

async function upgrade({ machine, devnet, epochs }: Installed) {
  const { run, show } = machine;
  const commitOf = async () => JSON.parse(await run(`${UNIT} version --json`)).commit;
  const older = await olderProgram(machine);
  const newer = await commitOf();
  await run("/root/older install");
  assertEquals(await commitOf(), older);

  const submit = `${UNIT}-submit.service`;
  const count = (await epochs()).length;
  await eventually("a visit that sends something", async () => {
    devnet.calm();
    // Its answer comes late enough to replace the program meanwhile.
    devnet.fault("slow/broadcast_tx_sync:3s");
    await run(`systemctl start --no-block ${submit}`);
    await realHost.sleep(1000);
    return await show(submit, "ActiveState") === "activating";
  }, 90);
  await run("make -C /mnt install");
  assertEquals(await commitOf(), newer);
  await eventually(
    "the visit ended",
    async () => await show(submit, "ActiveState") !== "activating",
  );
  assertEquals(await resultOf(machine, "submit"), "success 0");
  assert((await epochs()).length > count);

  await run(`${UNIT}.previous install`);
  assertEquals(await commitOf(), older);
  await run(`${UNIT}.previous install`);
  assertEquals(await commitOf(), newer);
}

async function uninstall({ machine, epochs }: Installed) {
  const { run } = machine;
  assert((await epochs()).length > 0);
  await run(`systemctl enable --now ${UNIT}.target ${UNIT}-submit@1.timer`);
  const kept =
    "cd / && find etc/allora-pipeline etc/credstore var/lib/allora-pipeline -type f -o -type l | sort";
  const before = await run(kept);
  const alone = await machine.try(`${UNIT} uninstall`);
  assertEquals(alone.code, 64, alone.stderr);
  assertMatch(alone.stderr, /first: systemctl disable --now .*allora-pipeline-submit@1\.timer/);
  const said = await run("make -C /mnt uninstall");
  assertMatch(said, /kept \/etc\/allora-pipeline, \/var\/lib\/allora-pipeline, \/var\/log/);
  assertEquals(await run(kept), before);
  await run("make -C /mnt uninstall");
  assertEquals(
    await run(`find /etc/systemd /usr/local /run/systemd/system -name '*${UNIT}*' -not -type d`),
    "",
  );
  assertEquals((await machine.try(`systemctl list-units --all --no-legend '${UNIT}*'`)).stdout, "");
}
