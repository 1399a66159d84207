import { assert, assertEquals, assertMatch } from "@std/assert";
import { connect } from "../../src/chain/client.ts";
import { type Devnet, startDevnet } from "../../src/devnet/start.ts";
import { realHost } from "../../src/host/host.ts";
import { binary, boot, eventually, type Machine } from "./machine.ts";

/** A block in 50 ms, an hourly epoch in 36 s. */
const SPEED = 100;
const ETC = "/etc/allora-pipeline";
const UNIT = "allora-pipeline";

/** The machine with the program on it, and the chain and the market outside. */
interface Installed {
  readonly machine: Machine;
  readonly devnet: Devnet;
  readonly address: string;
  /** Transactions of the wallet that are in blocks. */
  sequence(): Promise<bigint>;
  /** The epochs of the ledger, oldest first. */
  epochs(): Promise<readonly { nonce: number; state: string }[]>;
}

/** How the unit's last run ended. */
async function resultOf(machine: Machine, unit: string): Promise<string> {
  const [result, status] = await Promise.all(
    ["Result", "ExecMainStatus"].map((name) => machine.show(`${UNIT}-${unit}`, name)),
  );
  return `${result} ${status}`;
}

const isActive = async (machine: Machine, unit: string) =>
  (await machine.try(`systemctl is-active ${UNIT}${unit}`)).stdout.trim() === "active";

/** As an operator does it, following what install prints. */
async function setUp(machine: Machine, devnet: Devnet): Promise<Installed> {
  const { run } = machine;
  const said = await run("make -C /mnt install");
  for (const step of ["wallet new", `${UNIT}.target`, `${UNIT}.service`]) {
    assert(said.includes(step), said);
  }
  const enabled = `systemctl list-unit-files --state=enabled --no-legend '${UNIT}*'`;
  assertEquals((await machine.try(enabled)).stdout, "");
  await run(
    `tee -a ${ETC}/${UNIT}.env`,
    `ALLORA_RPC=${devnet.rpcUrl}
ALLORA_CHAIN_ID=${devnet.chain.chainId}
ALLORA_BINANCE_URL=${devnet.marketUrl}
ALLORA_FAUCET_URL=${devnet.rpcUrl}
`,
  );
  const settings = await run(`cat ${ETC}/${UNIT}.env`);
  await run("make -C /mnt install");
  assertEquals(await run(`cat ${ETC}/${UNIT}.env`), settings);

  await machine.write(
    `${ETC}/topics/1.env`,
    "ALLORA_TARGET=log-return\nALLORA_PAIR=BTC/USD\nALLORA_HORIZON=1h\nALLORA_MODEL=ridge\n",
  );
  const { address } = JSON.parse(await run(`${UNIT} wallet new --json`));
  await run(`${UNIT} wallet faucet`);
  await run(`${UNIT} train`);
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

const machine = await boot();
const why = typeof machine === "string" ? `: ${machine}` : "";

Deno.test({
  name: `installed on a machine that boots, the pipeline does its work${why}`,
  ignore: typeof machine === "string",
  fn: async (t) => {
    if (typeof machine === "string") return;
    await binary();
    await using _off = machine;
    await using devnet = await startDevnet({ speed: SPEED });
    const it = await setUp(machine, devnet);
    const step = async (name: string, fn: () => Promise<void>) => {
      if (!await t.step(name, fn)) {
        console.error(await machine.run("journalctl --no-pager -n 60 -o short-precise"));
      }
    };
    await step("the timers fire, and a submission is in a block", () => timersFire(it));
  },
});

async function timersFire({ machine, epochs, sequence }: Installed) {
  const { run, show } = machine;
  // A Persistent= timer that was last due hours ago fires as it starts.
  const stamps = ["submit", "rotate", "health"].map((name) => `stamp-${UNIT}-${name}.timer`);
  await run(`mkdir -p /var/lib/systemd/timers && cd /var/lib/systemd/timers &&
    touch -d '2 hours ago' ${stamps.join(" ")}`);
  await run(`systemctl enable --now ${UNIT}.target`);
  for (const timer of ["submit", "rotate", "health"]) {
    assert(await isActive(machine, `-${timer}.timer`), timer);
    await eventually(
      `${timer} fired`,
      async () => await show(`${UNIT}-${timer}.timer`, "LastTriggerUSec") !== "",
    );
  }
  await eventually("a confirmed submission", async () => {
    await run(`systemctl start ${UNIT}-submit.service`);
    return (await epochs()).some(({ state }) => state !== "missed");
  }, 60);
  assert(await sequence() >= 2n);
  assertEquals(await resultOf(machine, "submit"), "success 0");
  assertMatch(await run(`journalctl -u ${UNIT}-submit`), /submission successful/);
}
