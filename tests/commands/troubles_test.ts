import { assert, assertEquals, assertMatch } from "@std/assert";
import { statePaths } from "../../src/host/paths.ts";
import { canMount, fillDisk, onTmpfs, remount, SKIPPED } from "../host/tmpfs.ts";
import { fill, windowsIn, withStateDir } from "../ledger/state_dir.ts";
import { type Patient, patient } from "./doctor_bench.ts";
import { runMain } from "./run_main.ts";

interface Told {
  readonly status: string;
  readonly message: string;
  readonly fix: string | null;
}

/** What `health` and `doctor` say under this name, of this subject if there are several; both must be bad. */
async function bothSay(
  it: Patient,
  name: string,
  { stateDir, subject }: { readonly stateDir?: string; readonly subject?: string } = {},
): Promise<readonly Told[]> {
  const flags = stateDir === undefined ? [] : ["--state-dir", stateDir];
  const health = await runMain(["health", "--json", ...flags], { cwd: it.cwd });
  const { checks } = JSON.parse(health.stdout) as {
    checks: (Told & { name: string; subject: string | null })[];
  };
  const { code, lines } = await it.doctor(...flags);
  assert(health.code === 2 && code === 1, `health ${health.code}, doctor ${code}`);
  const isIt = (id: string, of: string | null) =>
    id === name && (subject === undefined || of === subject);
  const told = [
    checks.find((each) => isIt(each.name, each.subject)),
    ...lines.filter((each) => isIt(each.id, each.subject))
      .map(({ verdict, message, fix }) => ({ status: verdict, message, fix })).slice(0, 1),
  ].flatMap((each) => each ?? []);
  assertEquals(told.map(({ status }) => status), ["CRITICAL", "fail"], JSON.stringify(told));
  return told;
}

const healthy = () => patient({ isTrained: false });

Deno.test("a wrong clock is named by health and by the doctor", async () => {
  // The practice chain lives in 2024.
  await using it = await patient({ isTrained: false, chainId: "allora-testnet-9" });
  for (const { message, fix } of await bothSay(it, "clock")) {
    assertMatch(message, /^the newest block is \d+ d old: the clock is ahead, or the chain stands/);
    assertEquals(fix, "timedatectl; allora-pipeline rpc");
  }
});

Deno.test("a damaged ledger is named by health and by the doctor, and neither touches it", async () => {
  await using it = await healthy();
  await withStateDir(async (_, path) => {
    fill(path, 400);
    const stateDir = path.replace(/\/[^/]+$/, "");
    const bytes = Deno.readFileSync(path)
      .map((byte, at) => at > 8192 && at % 4096 < 512 ? 255 : byte);
    Deno.writeFileSync(path, bytes);
    for (const { message, fix } of await bothSay(it, "ledger", { stateDir })) {
      assertMatch(message, /ledger\.db is damaged: /);
      assertEquals(
        fix,
        `mkdir ${stateDir}/damaged && mv ${stateDir}/ledger.db* ${stateDir}/damaged`,
      );
    }
    assertEquals(Deno.readFileSync(path), bytes);
  });
});

Deno.test({
  name:
    `a full disk and a state directory that is read-only are named by both, nothing is lost${SKIPPED}`,
  ignore: !canMount,
  async fn() {
    await using it = await healthy();
    await onTmpfs("1m", async (stateDir) => {
      const path = statePaths(stateDir).ledger;
      fill(path, 3);
      const filler = fillDisk(stateDir);
      for (const { message } of await bothSay(it, "disk", { stateDir, subject: stateDir })) {
        assertMatch(message, /No space left on device/);
      }
      Deno.removeSync(filler);
      assertEquals(windowsIn(path), 3);
      await remount(stateDir, "ro");
      for (const { message, fix } of await bothSay(it, "disk", { stateDir, subject: stateDir })) {
        assertMatch(message, /Read-only file system/);
        assertEquals(fix, `df -h ${stateDir}; ls -ld ${stateDir}`);
      }
      await remount(stateDir, "rw");
      assertEquals(windowsIn(path), 3);
    });
  },
});
