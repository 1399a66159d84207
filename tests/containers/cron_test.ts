import { assert, assertEquals, assertMatch } from "@std/assert";
import { startDevnet } from "../../src/devnet/start.ts";
import { commandOf, MAIN } from "../commands/run_main.ts";
import { binary } from "../systemd/machine.ts";
import { assertNothingLost, foreignFiles, logLines, untilInBlocks } from "./state.ts";

/** A block in 17 ms, an hourly epoch in 12 s: four minutes of cron. */
const SPEED = 300;
const UID = "10001";
const LINES = 10_000;
const here = new URL(".", import.meta.url).pathname;

const cannot = await missing();
if (cannot) console.log(`skipped: cron cannot run here: ${cannot}`);

/** What is not there that a cron of its own needs. */
async function missing(): Promise<string> {
  if (Deno.uid() !== 0) return "it needs root";
  const { code, stderr } = await new Deno.Command("bash", {
    args: [
      "-euc",
      "for tool in cron crontab setpriv useradd; do command -v $tool >/dev/null || { echo $tool is not installed >&2; exit 1; }; done; " +
      "ls /usr/lib/*/faketime/libfaketime.so.1 >/dev/null; unshare --mount --pid --fork mount -t tmpfs tmpfs /mnt",
    ],
  }).output();
  return code === 0 ? "" : new TextDecoder().decode(stderr).trim();
}

/** As the service's user, who may read this project wherever it lies. */
function asUser(program: string, args: readonly string[], env: Record<string, string> = {}) {
  const may = ["--inh-caps", "+dac_read_search", "--ambient-caps", "+dac_read_search"];
  return new Deno.Command("setpriv", {
    args: ["--reuid", UID, "--regid", UID, "--clear-groups", ...may, program, ...args],
    ...{ cwd: "/", clearEnv: true, env, stdin: "null", stdout: "piped", stderr: "piped" },
  }).spawn();
}

Deno.test({
  name: "the crontab that schedule prints, run by cron beside writers, loses no window and no line",
  ignore: cannot !== "",
  fn: async () => {
    await using devnet = await startDevnet({ speed: SPEED });
    const dir = await Deno.makeTempDir({ prefix: "allora-cron-" });
    await Deno.chmod(dir, 0o755);
    const program = await binary();
    const places = {
      STATE_DIRECTORY: `${dir}/state`,
      LOGS_DIRECTORY: `${dir}/logs`,
      CREDENTIALS_DIRECTORY: `${dir}/etc`,
    };
    const ask = async (...args: string[]) => {
      const { code, stdout, stderr } = await new Deno.Command(program, {
        ...{ args, cwd: `${dir}/etc`, env: places },
      }).output();
      assertEquals(code, 0, new TextDecoder().decode(stderr));
      return new TextDecoder().decode(stdout);
    };
    for (const name of ["etc", "etc/topics", "state", "logs"]) await Deno.mkdir(`${dir}/${name}`);
    const settings = `ALLORA_RPC=${devnet.rpcUrl}\nALLORA_CHAIN_ID=${devnet.chain.chainId}\n` +
      `ALLORA_VENUES=binance\nALLORA_BINANCE_URL=${devnet.marketUrl}\n`;
    await Deno.writeTextFile(`${dir}/etc/allora-pipeline.env`, settings);
    await Deno.writeTextFile(`${dir}/etc/.env`, settings);
    await Deno.writeTextFile(
      `${dir}/etc/topics/1.env`,
      "ALLORA_TARGET=log-return\nALLORA_PAIR=BTC/USD\nALLORA_HORIZON=1h\nALLORA_MODEL=ridge\n",
    );
    const file = ["--mnemonic-file", `${dir}/etc/mnemonic`];
    const { address } = JSON.parse(await ask("wallet", "new", "--json", ...file));
    devnet.fund(address, 10n ** 18n);
    await ask("train");
    const owned = ["etc", "state", "logs"].map((name) => `${dir}/${name}`);
    await new Deno.Command("chown", { args: ["-R", `${UID}:${UID}`, ...owned] }).output();

    const crontab = await ask("schedule", "--cron");
    assertMatch(crontab, /^\*\/5 .* submit .*\n[^]*^5 .* rotate .*\n10 .* health /m);
    // It names the program where it is, and in cron's view of the machine that is another place.
    assertEquals(crontab.split(program).length, 5);
    await Deno.writeTextFile(
      `${dir}/crontab`,
      crontab.replace(/^(\*\/5|5|10) /gm, "* ").replaceAll(
        program,
        "/usr/local/bin/allora-pipeline",
      ),
    );
    const cron = new Deno.Command("bash", {
      args: [`${here}cron.sh`, dir, program, `${dir}/crontab`],
      ...{ stdin: "piped", stdout: "piped", stderr: "piped" },
    }).spawn();
    const { args, env } = commandOf([]);
    const write = [...args.slice(0, -1), `${here}../logs/write_numbered.ts`];
    const writers = ["a", "b"].map((id) =>
      asUser(
        MAIN[0],
        [...write, `${dir}/logs/submission.log`, id, String(LINES), `${dir}/go`],
        env,
      )
    );
    try {
      await untilInBlocks(devnet, address, 3n);
      await Deno.writeTextFile(`${dir}/go`, "");
      for (const writer of writers) {
        const { code, stderr } = await writer.output();
        assertEquals(code, 0, new TextDecoder().decode(stderr));
      }
      await cron.stdin.close();
      const { stderr } = await cron.output();
      assertEquals(new TextDecoder().decode(stderr), "");

      await assertNothingLost(JSON.parse(await ask("history", "--json")).epochs, `${dir}/logs`);
      const numbered = (await logLines(`${dir}/logs`)).filter((line) => !line.startsWith("{"));
      assertEquals([numbered.length, new Set(numbered).size], [2 * LINES, 2 * LINES]);
      const names = [...Deno.readDirSync(`${dir}/logs`)].map(({ name }) => name);
      // The last rotation may have been cut off with cron, and left what the next one packs.
      assert(names.filter((name) => /^submission_.*\.log/.test(name)).length > 1, names.join());
      assert(names.includes("healthcheck_status.log"), names.join());
      assertEquals(await foreignFiles(owned, Number(UID)), []);
    } finally {
      // All have ended unless something above has failed; a second close is refused.
      await cron.stdin.close().catch(() => {});
      for (const writer of writers) await writer[Symbol.asyncDispose]();
      await cron.status;
      await Deno.remove(dir, { recursive: true });
    }
  },
});
