import { assert, assertEquals, assertRejects } from "@std/assert";
import { PipelineError } from "../../src/errors.ts";
import { edit, editSetting, exactCure, pasteSecret, toPaste } from "../../src/health/cure.ts";
import { readMnemonic } from "../../src/host/credentials.ts";
import { REMEDIES } from "../../src/logs/remedies.ts";
import { loadSettings } from "../../src/settings.ts";
import { fileError } from "../../src/settings/file_error.ts";
import { runMain } from "../commands/run_main.ts";
import { understand } from "../docs/guide.ts";
import { lookAt, practiseQuickly, rootOf } from "./bench.ts";
import { assertExact } from "./exact.ts";

interface Line {
  readonly id?: string;
  readonly name?: string;
  readonly message: string;
  readonly fix: string | null;
}

Deno.test("on a fresh machine each line of health and doctor that is not well ends with what to paste", async () => {
  const cwd = await Deno.makeTempDir({ prefix: "fixes-" });
  const run = async (...args: string[]) => {
    const { stdout } = await runMain([...args, "--json"], { cwd, env });
    return JSON.parse(stdout);
  };
  const env = { ALLORA_RPC: "http://127.0.0.1:1" };
  try {
    await Deno.mkdir(`${cwd}/topics`);
    await Deno.writeTextFile(`${cwd}/topics/2.env`, "ALLORA_TARGET=luck\n");
    await Deno.writeTextFile(`${cwd}/topics/new.env`, "");
    await Deno.writeTextFile(`${cwd}/topics/3.env`, "what is this\n");
    await Deno.writeTextFile(
      `${cwd}/topics/1.env`,
      "ALLORA_TARGET=price\nALLORA_PAIR=BTC/USD\nALLORA_HORIZON=1h\nALLORA_VENUES=atlas,tiingo\n",
    );
    const [{ checks }, { blocks }] = await Promise.all([
      run("health"),
      run("doctor", "--go-live"),
    ]);
    const lines: readonly Line[] = [
      ...checks,
      ...blocks.flatMap(({ results }: { results: readonly Line[] }) => results),
    ];
    const ill = lines.filter(({ fix }) => fix !== null);
    assert(ill.length > 20, `${ill.length}`);
    for (const { id, name, message, fix } of ill) {
      await assertExact(fix ?? undefined, `${id ?? name}: ${message}`);
    }
    await Deno.writeTextFile(`${cwd}/.env`, "ALLORA_RPC_TIMEOUT=soon\n");
    const broken = await run("health");
    await assertExact(broken.checks[0].fix, broken.checks[0].message);
  } finally {
    await Deno.remove(cwd, { recursive: true });
  }
});

Deno.test("a hint that is prose, or wants a name, becomes the comment of a command", () => {
  const other = "allora-pipeline ledger check";
  for (
    const [hint, cure] of [
      [undefined, other],
      ["Run: chmod 600 /x/mnemonic", "chmod 600 /x/mnemonic"],
      ["Wait, or name other endpoints.", `${other} # Wait, or name other endpoints.`],
      [
        "restore with allora-pipeline ledger restore FILE, or move it away",
        `${other} # restore with allora-pipeline ledger restore FILE, or move it away`,
      ],
    ] as const
  ) assertEquals(exactCure(hint, other), cure);
});

Deno.test("what only root may change on an installed machine is changed by sudo", async () => {
  const place = "/etc/allora-pipeline";
  assertEquals(edit(`${place}/topics/1.env`, "x"), `sudoedit ${place}/topics/1.env # x`);
  assertEquals(edit("/home/me/.env", "x"), '"${EDITOR:-vi}" /home/me/.env # x');
  assertEquals(
    pasteSecret(`${place}/webhook`, "the URL"),
    `sudo install -m 0600 /dev/stdin ${place}/webhook # paste the URL, end with Ctrl-D`,
  );
  const denied = fileError("read", `${place}/x`, new Deno.errors.PermissionDenied());
  assertEquals(denied.hint, `Look at the owner and mode: sudo ls -ld ${place}/x`);
  const missing = await assertRejects(() => readMnemonic("/var/none/mnemonic"), PipelineError);
  assertEquals(
    exactCure(missing.hint, "false"),
    "sudo install -m 0600 /dev/stdin /var/none/mnemonic # Paste the words and end with Ctrl-D",
  );
});

Deno.test("where systemd runs the program, its own commands are typed behind sudo; in a container not", async () => {
  await using worker = await practiseQuickly();
  const settings = { globalFile: "/etc/allora-pipeline/allora-pipeline.env" };
  const root = rootOf(worker);
  const fixOf = async () => (await lookAt(worker, "failures", { settings: down, root }))[0]?.fix;
  const down = { ...settings, stateDir: `${root}/none` };
  assertEquals(await fixOf(), "allora-pipeline submit");
  await Deno.mkdir(`${root}/run/systemd/system`, { recursive: true });
  assertEquals(await fixOf(), "sudo allora-pipeline submit");
  const two = "allora-pipeline predict --topic 1; sudoedit /x # see allora-pipeline help";
  assertEquals(toPaste(two, settings, root), `sudo ${two}`);
  assertEquals(
    toPaste("timedatectl; allora-pipeline rpc", settings, root),
    "timedatectl; sudo allora-pipeline rpc",
  );
  assertEquals(
    toPaste("sudo allora-pipeline alert --test", settings, root, "/opt/allora/bin/allora-pipeline"),
    "sudo /opt/allora/bin/allora-pipeline alert --test",
  );
});

Deno.test("a setting is changed where it stands, and shown where no file has it", async () => {
  const cwd = await Deno.makeTempDir({ prefix: "fixes-" });
  try {
    await Deno.mkdir(`${cwd}/topics`);
    await Deno.writeTextFile(`${cwd}/.env`, "ALLORA_VENUES=binance\n");
    const topic = "ALLORA_TARGET=price\nALLORA_PAIR=BTC/USD\nALLORA_HORIZON=1h\n";
    await Deno.writeTextFile(`${cwd}/topics/1.env`, `${topic}ALLORA_VENUES=kraken\n`);
    await Deno.writeTextFile(`${cwd}/topics/2.env`, topic);
    const env = { ALLORA_RPC: "http://127.0.0.1:1" };
    const settings = loadSettings({ flags: {}, env, cwd, root: cwd });
    const [first, second] = settings.topics;
    const editor = '"${EDITOR:-vi}"';
    const cures = [
      editSetting(settings, "ALLORA_VENUES", "x", first),
      editSetting(settings, "ALLORA_VENUES", "x", second),
      editSetting(settings, "ALLORA_MODEL_MAX_AGE", "x", second),
      editSetting(settings, "ALLORA_RPC", "x"),
      editSetting(settings, "ALLORA_RPC_TIMEOUT", "x"),
    ];
    assertEquals(cures, [
      `${editor} ${cwd}/topics/1.env # x (topics/1.env:4)`,
      `${editor} ${cwd}/.env # x (.env:1)`,
      `${editor} ${cwd}/topics/2.env # x`,
      "allora-pipeline doctor --settings # x (set by the environment)",
      `${editor} ${cwd}/.env # x`,
    ]);
  } finally {
    await Deno.remove(cwd, { recursive: true });
  }
});

Deno.test("the remedy of every event names a command, and the program understands its own", async () => {
  for (const [event, { remedy }] of Object.entries(REMEDIES)) {
    const named = [...remedy.matchAll(/`([^`]+)`/g)].map(([, command]) =>
      command!.replaceAll("@ALLORA_TOPIC_ID@", "69")
    );
    assert(named.length > 0, `${event}: ${remedy}`);
    for (const command of named) await understand(command);
  }
});
