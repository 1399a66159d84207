import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { tryLock, waitForLock } from "../../src/host/file_lock.ts";
import { realHost } from "../../src/host/host.ts";

const LOCK = JSON.stringify(new URL("../../src/host/file_lock.ts", import.meta.url).pathname);
const CONFIG = import.meta.resolve("@std/fs").startsWith("jsr:") ? "deno.json" : ".npm-only.json";

/** Another process that takes the lock, says so, and keeps it until it is killed. */
async function holder(path: string): Promise<{ pid: number; kill(): Promise<unknown> }> {
  const code = `const { tryLock } = await import(${LOCK});
    console.log(JSON.stringify(tryLock(${JSON.stringify(path)})));
    setInterval(() => {}, 1000);`;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["eval", "-q", "--frozen", "-c", CONFIG, code],
    stdout: "piped",
  }).spawn();
  const reader = child.stdout.getReader();
  await reader.read();
  return {
    pid: child.pid,
    kill: async () => {
      child.kill("SIGKILL");
      await reader.cancel();
      return await child.status;
    },
  };
}

Deno.test("tryLock() gives the lock to one, tells the other who has it, and to the next when freed", () => {
  const directory = Deno.makeTempDirSync({ prefix: "lock-" });
  const path = `${directory}/locks/wallet.lock`;
  {
    const first = tryLock(path, () => 1714554000000);
    assert(!("heldBy" in first));
    using _first = first;
    assertEquals(tryLock(path), { heldBy: `pid ${Deno.pid} since 2024-05-01T09:00:00.000Z` });
  }
  const next = tryLock(path);
  assert(!("heldBy" in next));
  next[Symbol.dispose]();
  Deno.removeSync(directory, { recursive: true });
});

Deno.test("tryLock() finds a lock free whose process was killed", async () => {
  const directory = Deno.makeTempDirSync({ prefix: "lock-" });
  const path = `${directory}/wallet.lock`;
  const { pid, kill } = await holder(path);
  const held = tryLock(path);
  assert("heldBy" in held);
  assertStringIncludes(held.heldBy, `pid ${pid} since `);
  await kill();
  const mine = tryLock(path);
  assert(!("heldBy" in mine));
  mine[Symbol.dispose]();
  Deno.removeSync(directory, { recursive: true });
});

Deno.test("waitForLock() waits for a holder that goes, and says who stays", async () => {
  const directory = Deno.makeTempDirSync({ prefix: "lock-" });
  const path = `${directory}/wallet.lock`;
  const { pid, kill } = await holder(path);
  const still = await waitForLock(path, realHost, { patienceMs: 50 });
  assert("heldBy" in still);
  assertStringIncludes(still.heldBy, `pid ${pid} since `);
  const stopped = new AbortController();
  const stopping = waitForLock(path, realHost, { patienceMs: 60_000, signal: stopped.signal });
  stopped.abort(new Error("stopped"));
  await assertRejects(() => stopping, Error, "stopped");
  const waiting = waitForLock(path, realHost, { patienceMs: 60_000 });
  await kill();
  const mine = await waiting;
  assert(!("heldBy" in mine));
  mine[Symbol.dispose]();
  Deno.removeSync(directory, { recursive: true });
});
