import { assert, assertEquals, assertMatch } from "@std/assert";
import { type Devnet, startDevnet } from "../../src/devnet/start.ts";
import { eventually } from "../systemd/machine.ts";
import { buildImage, type Image } from "./image.ts";
import { assertNothingLost, type Epoch, foreignFiles, untilInBlocks } from "./state.ts";

/** A block in 17 ms, an hourly epoch in 12 s. */
const SPEED = 300;
const UID = 10001;
const STATE = "/var/lib/allora-pipeline";
const LOGS = "/var/log/allora-pipeline";

const image = await buildImage();
const why = typeof image === "string" ? `: ${image}` : "";
if (why) console.log(`skipped: an image cannot be built here${why}`);

/**
 * What an operator prepares: settings, as links into another directory, which is how Kubernetes mounts them,
 * and volumes as an engine makes them of the image's directories.
 */
async function prepare(dir: string, devnet: Devnet): Promise<void> {
  await Deno.mkdir(`${dir}/etc/..now/topics`, { recursive: true });
  await Deno.writeTextFile(
    `${dir}/etc/..now/allora-pipeline.env`,
    `ALLORA_RPC=${devnet.rpcUrl}\nALLORA_CHAIN_ID=${devnet.chain.chainId}\n` +
      `ALLORA_VENUES=binance\nALLORA_BINANCE_URL=${devnet.marketUrl}\n`,
  );
  await Deno.writeTextFile(
    `${dir}/etc/..now/topics/1.env`,
    "ALLORA_TARGET=log-return\nALLORA_PAIR=BTC/USD\nALLORA_HORIZON=1h\nALLORA_MODEL=ridge\n",
  );
  await Deno.symlink("..now", `${dir}/etc/..data`);
  for (const name of ["allora-pipeline.env", "topics"]) {
    await Deno.symlink(`..data/${name}`, `${dir}/etc/${name}`);
  }
  for (const name of ["state", "logs", "secrets"]) {
    await Deno.mkdir(`${dir}/${name}`);
    await Deno.chown(`${dir}/${name}`, UID, UID);
  }
}

Deno.test({
  name: `the image runs a visit, and the three services on shared volumes lose nothing${why}`,
  ignore: typeof image === "string",
  fn: async (t) => {
    await using built = image as Image;
    await using devnet = await startDevnet({ speed: SPEED });
    const dir = await Deno.makeTempDir({ prefix: "allora-containers-" });
    await Deno.chmod(dir, 0o755);
    await prepare(dir, devnet);
    const shared = [
      ...[`${dir}/etc:/etc/allora-pipeline`, `${dir}/state:${STATE}`, `${dir}/logs:${LOGS}`],
    ];
    const signing = [...shared, `${dir}/secrets:/run/secrets`];
    const once = (volumes: readonly string[], ...args: string[]) =>
      built.start(volumes, args).ended;
    const epochs = async (): Promise<readonly Epoch[]> => {
      const { code, stdout, stderr } = await once(shared, "history", "--json");
      assertEquals([code, stderr], [0, ""]);
      return JSON.parse(stdout).epochs;
    };
    let address = "";

    try {
      await t.step("it is the binary, small, for a user without rights, and watched", async () => {
        const { User, Entrypoint, Cmd, Volumes, Healthcheck } = built.config;
        assertEquals([User, Entrypoint, Cmd], ["10001:10001", ["allora-pipeline"], ["daemon"]]);
        assertEquals(Object.keys(Volumes).sort(), [STATE, LOGS]);
        assertEquals(Healthcheck, {
          ...{ Test: ["CMD", "allora-pipeline", "health"], Retries: 3 },
          ...{ Interval: 300e9, Timeout: 30e9 },
        });
        assert(built.size < 125e6, `${built.size} bytes`);
        assertMatch((await built.run("--version")).stdout, /^allora-pipeline \d/);
      });

      await t.step("health fails before there is anything, and says what to do", async () => {
        const { code, stdout } = await once(shared, ...built.config.Healthcheck.Test.slice(2));
        assertEquals(code, 2);
        assertMatch(stdout, /^CRITICAL - /);
      });

      await t.step("one visit, with a secret as an engine hands it over", async () => {
        const file = ["--mnemonic-file", "/run/secrets/mnemonic"];
        const made = await once(signing, "wallet", "new", "--json", ...file);
        assertEquals([made.code, made.stderr], [0, ""]);
        address = JSON.parse(made.stdout).address;
        devnet.fund(address, 10n ** 18n);
        await Deno.chown(`${dir}/secrets/mnemonic`, 0, UID);
        await Deno.chmod(`${dir}/secrets/mnemonic`, 0o440);
        const trained = await once(shared, "train");
        assertEquals(trained.code, 0, trained.stderr);
        await eventually("a submission", async () => {
          const { code, stderr } = await once(signing, "submit");
          assertEquals(code, 0, stderr);
          return stderr.includes("submission successful");
        });
      });

      await t.step(
        "three services: no window and no line is lost, and each ends when told",
        async () => {
          const services = [
            built.start(signing),
            built.start(shared, ["rotate", "--every", "1s"]),
            built.start(shared, ["health", "--every", "1s"]),
          ];
          await untilInBlocks(devnet, address, 4n);
          const watched = await once(shared, ...built.config.Healthcheck.Test.slice(2));
          assert(watched.code <= 1, watched.stdout);
          for (const service of services) {
            const { code, stderr } = await service.stop();
            assertEquals(code, 0, stderr);
          }
          assertEquals((await once(shared, "rotate")).code, 0);
          await assertNothingLost(await epochs(), `${dir}/logs`);
          assertMatch(await Deno.readTextFile(`${dir}/logs/healthcheck_status.log`), /./);
        },
      );

      await t.step("all files are the image's user's", async () => {
        assertEquals(await foreignFiles([`${dir}/state`, `${dir}/logs`], UID), []);
      });
    } finally {
      await Deno.remove(dir, { recursive: true });
    }
  },
});
