import { assert, assertEquals } from "@std/assert";
import { leaksOf } from "../commands/shapes_of_secret.ts";
import { ETC, type Installed, isActive, UNIT } from "./installed.ts";
import { eventually, type Machine } from "./machine.ts";

const DAEMON = `${UNIT}-daemon.service`;
const STATE = `/var/lib/${UNIT}`;
const CORES = `find ${STATE} /var/log/${UNIT} /tmp /var/tmp / -maxdepth 1 -name 'core*' -type f`;

/** Commands that print all that the machine keeps, but the wallet's own file. */
const KEPT = {
  "the whole journal": "journalctl --sync; journalctl -o export --all",
  "state and logs": `cd / && tar c ${STATE} /var/log/${UNIT} /tmp; zcat /var/log/${UNIT}/*.gz`,
  "what systemd knows of the units": `systemctl show --all '${UNIT}*'`,
};
const OF_THE_PROCESS = {
  "environment and arguments":
    `cd /proc/$(systemctl show -P MainPID ${DAEMON}) && cat environ cmdline`,
};

/** Aborts the daemon while it holds the wallet, and looks through everything for what it held. */
export async function noSecretLeft({ machine }: Installed) {
  const { run } = machine;
  const leaks = await leaksOf(await run(`cat ${ETC}/mnemonic`));
  const bytesOf = async (command: string) =>
    Uint8Array.fromBase64(await run(`(${command}) 2>/dev/null | base64 -w 0`));
  const search = async (places: Readonly<Record<string, string>>) => {
    for (const [place, command] of Object.entries(places)) {
      const bytes = await bytesOf(command);
      assert(bytes.length > 0, place);
      assertEquals(leaks(bytes), [], place);
    }
  };
  // The kernel's setting is the host's too, and is not for a test to change.
  const isFile = !/^[|/]/.test(await run("cat /proc/sys/kernel/core_pattern"));

  // As shipped, but where a core could be written if one were allowed.
  const cores = (allowed: string) =>
    machine.write(
      `/etc/systemd/system/${DAEMON}.d/zz-cores.conf`,
      `[Service]\nRestart=no\nWorkingDirectory=${STATE}\n${allowed}`,
    );
  await cores("");
  assertEquals(await aborted(machine, () => search(OF_THE_PROCESS)), "signal");
  assertEquals(await run(CORES), "");

  // What LimitCORE=0 is for: without it, all of this would have been a secret in a file.
  if (isFile) {
    await cores("LimitCORE=infinity\n");
    assertEquals(await aborted(machine), "core-dump");
    const core = await run(CORES);
    // Most of it is memory that was never used.
    assert(leaks(await bytesOf(`tr -s '\\0' < ${core}`)).includes("words"), core);
    await run(`rm ${core}`);
  }
  await run(`rm -r /etc/systemd/system/${DAEMON}.d && systemctl daemon-reload &&
    systemctl reset-failed ${DAEMON}`);
  await search(KEPT);
}

/** Runs the daemon, and kills it by SIGABRT after what is to be done `before`; returns what systemd calls that. */
async function aborted(machine: Machine, before?: () => Promise<void>): Promise<string> {
  const { run, show } = machine;
  await run(`systemctl daemon-reload && systemctl start ${DAEMON}`);
  assert(await isActive(machine, "-daemon.service"));
  await before?.();
  await run(`systemctl kill -s ABRT --kill-whom=main ${DAEMON}`);
  await eventually("the end of the daemon", async () => {
    return await show(DAEMON, "ExecMainStatus") === "6";
  }, 60);
  return await show(DAEMON, "Result");
}
