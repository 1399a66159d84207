import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { statePaths } from "../../src/host/paths.ts";
import { fill, windowsIn, withStateDir } from "../ledger/state_dir.ts";
import { runMain } from "../commands/run_main.ts";
import { canMount, fillDisk, onTmpfs, remount, SKIPPED } from "../host/tmpfs.ts";
import { assertSays, lookAt, practiseQuickly, rootOf } from "./bench.ts";

const PHRASE = `${"abandon ".repeat(11)}about\n`;
const MB = 1_000_000;

Deno.test("secrets: there, for their owner alone, of the right shape; out of sight is fine while runs go well", async () => {
  await using worker = await practiseQuickly();
  const { settings, ledger } = worker;
  const name = "credentials mnemonic";
  const look = (nowMs?: number) =>
    lookAt(worker, "credentials", nowMs === undefined ? {} : { nowMs });
  const absent = assertSays(await look(), name, "CRITICAL", /it is missing$/);
  assertStringIncludes(absent.fix!, "umask 077");
  ledger.finishRun("submit", { exitCode: 0, topics: new Map() });
  assertSays(await look(), name, "OK", /^not in sight here, but the last run could read it$/);
  // An older good run says nothing, nor does one that lies too far back.
  assertSays(await look(Date.now() + 66 * 60_000), name, "CRITICAL", /it is missing$/);
  await new Promise((resolve) => setTimeout(resolve, 2));
  ledger.finishRun("daemon", { exitCode: 77, error: "Cannot use it", topics: new Map() });
  assertSays(await look(), name, "CRITICAL", /it is missing$/);
  await new Promise((resolve) => setTimeout(resolve, 2));
  ledger.finishRun("submit", { exitCode: 69, error: "a venue is down", topics: new Map() });
  assertSays(await look(), name, "OK", /the last run could read it$/);
  await Deno.writeTextFile(settings.mnemonicFile, PHRASE, { mode: 0o644 });
  const wide = assertSays(await look(), name, "CRITICAL", /its mode is 0644, wider than 0600$/);
  assertEquals(wide.fix, `chmod 600 ${settings.mnemonicFile}`);
  await Deno.chmod(settings.mnemonicFile, 0o600);
  assertSays(await look(), name, "OK", /^readable, and for its owner alone$/);
  await Deno.writeTextFile(settings.mnemonicFile, "only four words here");
  const found = assertSays(await look(), name, "CRITICAL", /it has 4 words/);
  assert(!JSON.stringify(found).includes("four"));
  const [topic] = settings.topics;
  const topics = [{ ...topic!, venues: [{ kind: "tiingo" as const }] }];
  await Deno.remove(settings.mnemonicFile);
  await Deno.writeTextFile(settings.tiingoKeyFile, "0123456789abcdef", { mode: 0o600 });
  const keys = await lookAt(worker, "credentials", { settings: { topics } });
  assertSays(keys, "credentials tiingo-key", "OK", /readable/);
});

Deno.test("secrets of channels that are on are looked at: whoever is to be told must be told by them", async () => {
  await using worker = await practiseQuickly();
  const look = (settings = {}) => lookAt(worker, "credentials", { settings });
  const { slackWebhookFile } = worker.settings;
  assertEquals((await look()).length, 1);
  await Deno.writeTextFile(slackWebhookFile, "https://hooks.example/x", { mode: 0o644 });
  const wide = assertSays(await look(), "credentials slack", "WARNING", /mode is 0644/);
  assertEquals(wide.fix, `chmod 600 ${slackWebhookFile}`);
  await Deno.chmod(slackWebhookFile, 0o600);
  assertSays(await look(), "credentials slack", "OK", /^can be used$/);
  const mail = { smtpHost: "smtp.example.org", smtpUser: "me", mailTo: ["ops@example.org"] };
  assertSays(await look(mail), "credentials email", "WARNING", /password .* it is missing$/);
});

Deno.test("a log that nobody rotates is told by its size", async () => {
  await using worker = await practiseQuickly();
  const { logDir } = worker.settings;
  const look = (settings = {}) => lookAt(worker, "log-size", { settings });
  assertSays(await look(), "log-size", "OK", /submission\.log is empty$/);
  await Deno.mkdir(logDir);
  const log = `${logDir}/submission.log`;
  await Deno.writeTextFile(log, "");
  await Deno.truncate(log, 81 * MB);
  assertSays(await look(), "log-size", "WARNING", /has 81\.0 MB$/);
  await Deno.truncate(log, 101 * MB);
  assertEquals(assertSays(await look(), "log-size", "CRITICAL", /101\.0 MB$/).value, 101 * MB);
  assertSays(await look({ logDir: log }), "log-size", "UNKNOWN", /^Cannot look at/);
  await Deno.truncate(log, 60 * MB);
  const segmentOf = (ms: number) =>
    `submission_${new Date(ms).toISOString().replace(/[-:]|\.\d+Z/g, "").replace("T", "_")}.log`;
  const recent = `${logDir}/${segmentOf(Date.now() - 3_600_000)}`;
  await Deno.writeTextFile(recent, "");
  await Deno.truncate(recent, 45 * MB);
  assertSays(await look(), "log-size", "CRITICAL", /and 1 log not compressed yet have 105\.0 MB$/);
  await Deno.truncate(recent, 1);
  assertSays(await look(), "log-size", "OK", /60\.0 MB$/);
  await Deno.writeTextFile(`${logDir}/${segmentOf(Date.now() - 50 * 3_600_000)}`, "x");
  assertSays(await look(), "log-size", "WARNING", /has not been compressed for 2(\.\d)? d$/);
});

Deno.test("a ledger that is damaged, absent or another program's is no health", async () => {
  await using worker = await practiseQuickly();
  const { stateDir } = worker.settings;
  assertSays(await lookAt(worker, "ledger"), "ledger", "OK", /ledger\.db is whole$/);
  const empty = { stateDir: `${stateDir}/none` };
  const none = assertSays(
    await lookAt(worker, "ledger", { settings: empty }),
    "ledger",
    "UNKNOWN",
    /./,
  );
  assertEquals(none.fix, "allora-pipeline submit");
  await withStateDir(async (cwd, path) => {
    fill(path, 400);
    const bytes = Deno.readFileSync(path);
    const look = () =>
      lookAt(worker, "ledger", { settings: { stateDir: path.replace(/\/[^/]+$/, "") } });
    Deno.writeFileSync(path, bytes.map((byte, at) => at > 8192 && at % 4096 < 512 ? 255 : byte));
    const damaged = assertSays(await look(), "ledger", "CRITICAL", /is damaged: /);
    const dir = path.replace(/\/[^/]+$/, "");
    assertEquals(damaged.fix, `mkdir ${dir}/damaged && mv ${dir}/ledger.db* ${dir}/damaged`);
    Deno.mkdirSync(`${dir}/backups`);
    for (const name of ["ledger-20240501-000000.db", "ledger-20240502-000000.db", "other.db"]) {
      Deno.writeTextFileSync(`${dir}/backups/${name}`, "");
    }
    assertEquals(
      assertSays(await look(), "ledger", "CRITICAL", /./).fix,
      `allora-pipeline ledger restore ${dir}/backups/ledger-20240502-000000.db`,
    );
    const { code, stdout } = await runMain(["health", "--json"], { cwd });
    const { checks } = JSON.parse(stdout);
    assertEquals(code, 2);
    assert(
      checks.some(({ name, status }: Record<string, string>) =>
        name === "ledger" && status === "CRITICAL"
      ),
    );
    Deno.writeTextFileSync(path, "no database at all, but long enough to have a header".repeat(9));
    assertSays(await look(), "ledger", "CRITICAL", /is damaged: .*not a database/);
  });
});

Deno.test("a disk that fills up is told by what is left", async () => {
  await using worker = await practiseQuickly();
  const name = `disk ${worker.settings.stateDir}`;
  await Deno.mkdir(worker.settings.logDir);
  const limits = (warn: number, crit: number) => ({ healthDiskMb: { warn, crit } });
  const look = (settings = {}) => lookAt(worker, "disk", { settings });
  const free = assertSays(await look(limits(1, 1)), name, "OK", /MB free$/);
  assertEquals([free.warn, free.crit, free.unit], ["1000000:", "1000000:", "B"]);
  assertSays(await look(limits(1e9, 1)), name, "WARNING", /MB free$/);
  assertSays(await look(limits(1e9, 1e9)), name, "CRITICAL", /MB free$/);
  const nowhere = `${rootOf(worker)}/nowhere`;
  assertSays(await look({ stateDir: nowhere }), `disk ${nowhere}`, "UNKNOWN", /is missing$/);
});

Deno.test({
  name: "a full disk and one that cannot be written are named, and the ledger loses nothing" +
    SKIPPED,
  ignore: !canMount,
  async fn() {
    await using worker = await practiseQuickly();
    const look = (stateDir: string) => lookAt(worker, "disk", { settings: { stateDir } });
    await onTmpfs("1m", async (dir) => {
      const path = statePaths(dir).ledger;
      fill(path, 3);
      const filler = fillDisk(dir);
      assertSays(await look(dir), `disk ${dir}`, "CRITICAL", /No space left on device/);
      await Deno.remove(filler);
      assertEquals(windowsIn(path), 3);
      await remount(dir, "ro");
      assertSays(await look(dir), `disk ${dir}`, "CRITICAL", /Read-only file system/);
      await remount(dir, "rw");
      assertEquals(windowsIn(path), 3);
    });
  },
});
