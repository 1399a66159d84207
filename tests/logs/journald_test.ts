import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { MESSAGE_IDS } from "../../src/logs/message_ids.ts";
import { commandOf } from "../commands/run_main.ts";

const script = new URL("journald.sh", import.meta.url).pathname;

/** Runs a shell command with stderr on a stream to a real journal of its own. */
async function journalled(command: string, cwd: string) {
  return await new Deno.Command("unshare", {
    args: ["--mount", "bash", script, "bash", "-c", command],
    ...{ cwd, clearEnv: true, env: commandOf([]).env },
  }).output();
}

const cannot = await journalled("true", "/").then(
  ({ code, stderr }) => code === 0 ? "" : `exit ${code}: ${new TextDecoder().decode(stderr)}`,
  (thrown) => String(thrown),
);
if (cannot) console.log(`skipped: a journal of its own needs root, mounts and systemd: ${cannot}`);

Deno.test({
  name: "journald finds an event by its fields, and a line of stderr by its level",
  ignore: cannot !== "",
  fn: async () => {
    const cwd = await Deno.makeTempDir({ prefix: "allora-journald-" });
    try {
      await Deno.mkdir(`${cwd}/topics`);
      await Deno.mkdir(`${cwd}/data`);
      await Deno.writeTextFile(`${cwd}/.env`, "ALLORA_RPC=http://127.0.0.1:1\n");
      const good = "ALLORA_TARGET=log-return\nALLORA_PAIR=BTC/USD\nALLORA_HORIZON=24h\n";
      await Deno.writeTextFile(`${cwd}/topics/1.env`, good);
      await Deno.writeTextFile(`${cwd}/topics/67.env`, "ALLORA_TARGET=nonsense\n");
      const words = `${"abandon ".repeat(11)}about\n`;
      await Deno.writeTextFile(`${cwd}/data/mnemonic`, words, { mode: 0o600 });
      const main = [Deno.execPath(), ...commandOf([]).args].map((arg) => `'${arg}'`).join(" ");
      const { code, stdout, stderr } = await journalled(
        `${main} submit || ${main} submit --nonsense`,
        cwd,
      );
      assertEquals([code, new TextDecoder().decode(stderr)], [0, ""]);
      const [ofTopic = "", all = ""] = new TextDecoder().decode(stdout).split("\n\n");
      const entries = (lines: string): Record<string, string>[] =>
        lines.trim().split("\n").map((line) => JSON.parse(line));
      const [broken, ...others] = entries(ofTopic);
      assertEquals(others, []);
      assertEquals(
        [broken?.["MESSAGE_ID"], broken?.["PRIORITY"], broken?.["_TRANSPORT"]],
        [MESSAGE_IDS["settings.topic_broken"], "3", "journal"],
      );
      assertStringIncludes(broken?.["ALLORA_ERROR"] ?? "", "nonsense");
      const told = entries(all).filter((entry) => entry["_TRANSPORT"] !== "driver");
      assertEquals(told.map((entry) => [entry["_TRANSPORT"], entry["ALLORA_EVENT"]]), [
        ["journal", "settings.topic_broken"],
        ["journal", "run.failed"],
        ["stdout", undefined],
      ]);
      assertEquals(told[2]?.["PRIORITY"], "3");
      assertMatch(told[2]?.["MESSAGE"] ?? "", /^Error: Unknown flag/);
    } finally {
      await Deno.remove(cwd, { recursive: true });
    }
  },
});
