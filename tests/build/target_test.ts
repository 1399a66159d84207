import { assert, assertEquals, assertMatch } from "@std/assert";
import { binary } from "../systemd/machine.ts";
import { copyOfTree, said } from "./tree.ts";

/** Runs a program of the other kind of machine. */
const EMULATED = ["qemu-aarch64-static", "-L", "/usr/aarch64-linux-gnu"] as const;
const NOWHERE = "http://127.0.0.1:1";
const AARCH64 = 183;

const isEmulated = Deno.build.arch === "x86_64" &&
  await said([...EMULATED, "/usr/aarch64-linux-gnu/lib/ld-linux-aarch64.so.1", "--version"], "/")
    .then(({ code }) => code === 0, () => false);

/** A tree to build in, gone with its directory. */
async function tree(...leftOut: string[]) {
  const dir = await Deno.makeTempDir({ prefix: "allora-target-" });
  await copyOfTree(`${dir}/tree`, leftOut);
  return {
    path: `${dir}/tree`,
    make: (args: readonly string[], env: Record<string, string> = {}) =>
      said(["make", "-s", ...args], `${dir}/tree`, env),
    [Symbol.asyncDispose]: () => Deno.remove(dir, { recursive: true }),
  };
}

Deno.test("TARGET names the machine that is compiled for, and the program", async () => {
  await using there = await tree();
  for (const target of ["aarch64", "x86_64"]) {
    const { code, text } = await there.make(["-n", "build", `TARGET=${target}`]);
    assertEquals(code, 0, text);
    const compile = text.split("\n").find((line) => line.includes(" compile "));
    assertMatch(compile!, new RegExp(` compile --target ${target}-unknown-linux-gnu -q `));
    assertMatch(compile!, new RegExp(` -o ../bin/allora-pipeline-${target} main\\.js `));
  }
  const other = await there.make(["build", "TARGET=arm"]);
  assert(other.code !== 0);
  assertMatch(other.text, /TARGET is x86_64 or aarch64, and not arm\./);
});

Deno.test({
  name: "a program for Graviton is built, runs there, and is not deployed to another machine",
  ignore: !isEmulated,
  fn: async () => {
    await using there = await tree();
    const { code, text } = await there.make(["build", "TARGET=aarch64"]);
    assertEquals(code, 0, text);
    const program = `${there.path}/bin/allora-pipeline-aarch64`;
    {
      using file = await Deno.open(program);
      const header = new Uint8Array(64);
      await file.read(header);
      assertEquals(new TextDecoder().decode(header.subarray(1, 4)), "ELF");
      assertEquals(new DataView(header.buffer).getUint16(18, true), AARCH64);
    }
    const version = await said([...EMULATED, program, "version"], there.path);
    assertEquals(version.code, 0, version.text);
    assertMatch(version.text, /^allora-pipeline \d+\.\d+\.\d+ \(unknown/);
    const wallet = [program, "wallet", "new", "--mnemonic-file", `${there.path}/mnemonic`];
    assertMatch((await said([...EMULATED, ...wallet], there.path)).text, /\ballo1[0-9a-z]{38}\b/);

    const ssh = '#!/bin/sh\n[ "$*" = "there uname -m" ] && echo x86_64\n';
    await Deno.mkdir(`${there.path}/tools`);
    await Deno.writeTextFile(`${there.path}/tools/ssh`, ssh, { mode: 0o755 });
    const refused = await there.make(["deploy", "TARGET=aarch64", "HOST=there"], {
      PATH: `${there.path}/tools:${Deno.env.get("PATH")}`,
    });
    assert(refused.code !== 0);
    const why = refused.text.split("\n").filter((line) => !line.startsWith("make"));
    assertEquals(why, [
      "there: it is x86_64, and bin/allora-pipeline-aarch64 is for aarch64: " +
      "make build TARGET=x86_64, then make deploy TARGET=x86_64 HOST=there",
      "",
    ]);
  },
});

Deno.test("where the runtime of the target cannot be fetched, one line says so and nothing is left", async () => {
  await using there = await tree("cache", "denort-aarch64", "compile.err");
  await binary();
  // All that this has fetched but the runtimes, which lie beside the bundler's program.
  const cached = new URL("../../.tools/cache/", import.meta.url);
  for (const from of ["", "dl/"]) {
    await Deno.mkdir(`${there.path}/.tools/cache/${from}`);
    for (const { name } of Deno.readDirSync(new URL(from, cached))) {
      if (/^(dl|release)$/.test(name)) continue;
      await Deno.symlink(new URL(from + name, cached), `${there.path}/.tools/cache/${from}${name}`);
    }
  }
  const offline = {
    ...{ HTTPS_PROXY: NOWHERE, https_proxy: NOWHERE, NO_PROXY: "", no_proxy: "" },
    ...{ npm_config_registry: NOWHERE, npm_config_fetch_retries: "0" },
  };
  const before = [...Deno.readDirSync(`${there.path}/.tools`)].map(({ name }) => name);
  const worlds = {
    jsr: /^Cannot build for aarch64: .*denort-aarch64/,
    npm: /^Cannot fetch denort-aarch64: /,
  };
  for (const [world, why] of Object.entries(worlds)) {
    if (world === "npm" && !before.includes("denort")) continue;
    const failed = await there.make(["build", "TARGET=aarch64", `WORLD=${world}`], offline);
    assert(failed.code !== 0);
    const lines = failed.text.split("\n").filter((line) => !/^(make.*)?$/.test(line));
    assertEquals(lines.length, 1, failed.text);
    assertMatch(lines[0]!, why);
    const made = await Deno.stat(`${there.path}/bin`).then(() => true, () => false)
      ? [...Deno.readDirSync(`${there.path}/bin`)]
      : [];
    assertEquals(made, []);
    const left = [...Deno.readDirSync(`${there.path}/.tools`)].map(({ name }) => name);
    assertEquals(left.filter((name) => name !== "compile.err").sort(), before.sort());
  }
});
