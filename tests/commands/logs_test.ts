import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { gzipSync } from "node:zlib";
import { canMount, onTmpfs, SKIPPED } from "../host/tmpfs.ts";
import { runMain, startMain } from "./run_main.ts";

const LINE = '{"time":"2024-05-01T09:02:03.456Z","level":"info","event":"submission.sent",' +
  '"message":"submission sent","topic":1}\n';

async function inDirectory(body: (cwd: string, run: Run) => Promise<void>): Promise<void> {
  const cwd = Deno.makeTempDirSync({ prefix: "logs-" });
  try {
    Deno.mkdirSync(`${cwd}/logs`);
    await body(cwd, (...args) => runMain(args, { cwd }));
  } finally {
    Deno.removeSync(cwd, { recursive: true });
  }
}
type Run = (...args: string[]) => ReturnType<typeof runMain>;

Deno.test("rotate, logs list, show, tail and prune do their work, for a person and as JSON", async () => {
  await inDirectory(async (cwd, run) => {
    const log = `${cwd}/logs/submission.log`;
    Deno.writeTextFileSync(log, LINE.repeat(100));
    const rotated = JSON.parse((await run("rotate", "--json")).stdout);
    const { archive } = rotated.archived[0];
    assertEquals(rotated, {
      archived: [{
        archive,
        lines: 100,
        bytes: LINE.length * 100,
        compressed_bytes: Deno.statSync(`${cwd}/logs/${archive}`).size,
      }],
      postponed: [],
      pruned: [],
    });
    assertEquals((await run("rotate")).stdout, "nothing to rotate\n");
    const old = `submission_20200101_000000.log.gz`;
    Deno.writeFileSync(`${cwd}/logs/${old}`, gzipSync("old\n"));
    const listed = JSON.parse((await run("logs", "list", "--json")).stdout);
    const names = listed.logs.map(({ name }: { name: string }) => name);
    assertEquals(names, ["submission.log", archive, old]);
    assertEquals(listed.logs[2].bytes, 4);
    assertStringIncludes((await run("logs", "list")).stdout, archive);

    assertEquals((await run("logs", "show", "latest")).stdout, LINE.repeat(100));
    assertEquals((await run("logs", "show", old.replace(".gz", ""))).stdout, "old\n");
    assertEquals((await run("logs", "show", `${cwd}/logs/${old}`)).stdout, "old\n");
    Deno.writeFileSync(`${cwd}/other.log.gz`, gzipSync("secret\n"));
    for (
      const outside of [
        `../other.log.gz`,
        `${cwd}/other.log.gz`,
        `${cwd}/logs/../other.log.gz`,
        "rotate.lock",
      ]
    ) {
      const { code, stdout } = await run("logs", "show", outside);
      assertEquals([code, stdout], [64, ""]);
    }
    Deno.truncateSync(`${cwd}/logs/${old}`, 10);
    assertEquals((await run("logs", "show", old)).code, 65);

    Deno.writeTextFileSync(log, LINE, { append: true });
    assertEquals(
      (await run("logs", "tail", "-n", "1")).stdout,
      "2024-05-01 09:02:03 INFO  submission sent topic 1\n",
    );
    assertEquals((await run("logs", "tail", "-n", "1", "--json")).stdout, LINE);
    assertEquals((await run("logs", "prune", "--days", "30")).stdout, `deleted ${old}\n`);
    assertEquals((await run("logs", "prune")).code, 64);
  });
});

Deno.test("rotate --every rotates at once, and SIGTERM ends it with exit 0", async () => {
  await inDirectory(async (cwd) => {
    Deno.writeTextFileSync(`${cwd}/logs/submission.log`, LINE);
    const child = startMain(["rotate", "--every", "1h", "--json"], { cwd });
    const lines = child.stdout.getReader();
    const { value } = await lines.read();
    assertEquals(JSON.parse(new TextDecoder().decode(value)).archived.length, 1);
    child.kill("SIGTERM");
    assertEquals((await child.status).code, 0);
    await lines.cancel();
    await child.stderr.cancel();
  });
});

Deno.test("rotate says in one line that another is under way, and takes up what that one left", async () => {
  await inDirectory(async (cwd, run) => {
    Deno.writeTextFileSync(`${cwd}/logs/submission.log`, LINE);
    const held = startMain(["rotate"], { cwd, env: { HOLD_AT: "archive-written" } });
    const stderr = held.stderr.getReader();
    await stderr.read();
    const second = await run("rotate");
    assertEquals([second.code, second.stdout, second.stderr.split("\n").length], [75, "", 2]);
    assertStringIncludes(second.stderr, `it is being done by pid ${held.pid} since `);
    held.kill("SIGKILL");
    await held.status;
    await stderr.cancel();
    await held.stdout.cancel();
    assertEquals((await run("rotate")).code, 0);
  });
});

const isRoot = Deno.uid() === 0;

Deno.test({
  name: "rotate by a user who may not look into the directory exits 77 in one line (needs root)",
  ignore: !isRoot,
  fn: () =>
    inDirectory(async (cwd) => {
      Deno.chmodSync(cwd, 0o755);
      Deno.writeTextFileSync(`${cwd}/logs/submission.log`, LINE);
      for (const mode of [0o700, 0o744]) {
        Deno.chmodSync(`${cwd}/logs`, mode);
        const { code, stderr } = await runMain(["rotate"], { cwd, uid: 65534 });
        assertEquals([code, stderr.split("\n").length], [77, 2], stderr);
      }
    }),
});

Deno.test({
  name: "rotate by root leaves nothing behind that the directory's owner cannot use (needs root)",
  ignore: !isRoot,
  fn: () =>
    inDirectory(async (cwd, run) => {
      Deno.chmodSync(cwd, 0o755);
      Deno.writeTextFileSync(`${cwd}/logs/submission.log`, LINE);
      for (const name of ["", "submission.log"]) {
        Deno.chownSync(`${cwd}/logs/${name}`, 65534, 65534);
      }
      assertEquals((await run("rotate")).code, 0);
      const files = [...Deno.readDirSync(`${cwd}/logs`)].map(({ name }) => `${cwd}/logs/${name}`);
      assertEquals(files.map((path) => Deno.statSync(path).uid), [65534, 65534, 65534, 65534]);
      Deno.writeTextFileSync(`${cwd}/logs/submission.log`, LINE, { append: true });
      assertEquals((await runMain(["rotate"], { cwd, uid: 65534 })).code, 0);
    }),
});

Deno.test({
  name:
    `rotate on a full disk exits 69 in one line, touches no line, and works when there is room${SKIPPED}`,
  ignore: !canMount,
  fn: () =>
    onTmpfs("256k", async (cwd) => {
      const run: Run = (...args) => runMain(args, { cwd });
      const bytes = crypto.getRandomValues(new Uint8Array(60_000));
      const text = btoa(String.fromCharCode(...bytes)).replace(/.{80}/g, "$&\n");
      Deno.mkdirSync(`${cwd}/logs`, { mode: 0o755 });
      Deno.writeTextFileSync(`${cwd}/logs/submission.log`, text);
      Deno.writeFileSync(`${cwd}/filler`, new Uint8Array(130_000));
      const { code, stdout, stderr } = await run("rotate");
      assertEquals([code, stdout, stderr.split("\n").length], [69, "", 2], stderr);
      const names = () => [...Deno.readDirSync(`${cwd}/logs`)].map(({ name }) => name).sort();
      const [, segment] = names();
      assertEquals(names(), ["rotate.lock", segment!]);
      assertEquals(Deno.readTextFileSync(`${cwd}/logs/${segment}`), text);
      Deno.removeSync(`${cwd}/filler`);
      assertEquals((await run("rotate")).code, 0);
      assertEquals((await run("logs", "show", "latest")).stdout, text);
      assert(!names().includes(segment!));
    }),
});
