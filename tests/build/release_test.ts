import { assert, assertEquals, assertMatch } from "@std/assert";
import { sbom } from "../../.ci/sbom.ts";

const root = new URL("../..", import.meta.url).pathname;
const MACHINE = Deno.build.arch;

async function sh(command: string, cwd: string) {
  const { code, stdout, stderr } = await new Deno.Command("sh", {
    ...{ args: ["-c", command], cwd },
    env: { MAKEFLAGS: "", NO_COLOR: "1", WORLD: await world(), SSH_AUTH_SOCK: "" },
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

async function done(command: string, cwd: string): Promise<string> {
  const { code, stdout, stderr } = await sh(command, cwd);
  if (code !== 0) throw new Error(`${command}: ${stdout}${stderr}`);
  return stdout.trim();
}

/** The registries of this machine: a clone has the same. */
async function world(): Promise<string> {
  const made = await Deno.readTextFile(`${root}.tools/world.mk`);
  return /^WORLD := (\w+)$/m.exec(made)![1]!;
}

/** A clone of its own, with what the world has fetched. */
async function clone(from: string, to: string): Promise<string> {
  await done(
    `git clone -q '${from}' '${to}' && mkdir '${to}/.tools' && cd '${to}/.tools' &&
     for name in deno denort; do
       [ ! -e ${root}.tools/$name ] || ln -s ${root}.tools/$name .
     done &&
     cp -rL ${root}.tools/cache .`,
    "/",
  );
  await done("git config user.name Test && git config user.email test@example.org", to);
  return to;
}

Deno.test("a release is signed, is checked by the command that it prints, and is the same in every clone", async () => {
  const dir = await Deno.makeTempDir({ prefix: "allora-release-" });
  try {
    await done("ssh-keygen -q -t ed25519 -N '' -C '' -f key", dir);
    const first = await clone(root, `${dir}/first`);
    const key = `KEY=${dir}/key`;
    const refusal = async (...args: string[]) => {
      const { code, stderr } = await sh(`make -s release ${args.join(" ")}`, first);
      assert(code !== 0);
      return stderr.split("\n").filter((line) => line.startsWith("Cannot")).join("\n");
    };
    await Deno.remove(`${first}/CHANGELOG.md`).catch(() => {});
    assertEquals(await refusal(key), "Cannot release: CHANGELOG.md is missing");
    await Deno.writeTextFile(`${first}/CHANGELOG.md`, "# Changes\n");
    await done("git add -A && git commit -qm 'Say what has changed'", first);
    assertMatch(
      await refusal(),
      /^Cannot release: no key signs it: ssh-keygen .* KEY=release-key$/,
    );
    await Deno.writeTextFile(`${first}/README.md`, "other\n");
    assertMatch(await refusal(key), /^Cannot release: there are changes that are in no commit/);
    await done("git checkout -q README.md", first);

    const printed = await done(`make -s release ${key}`, first);
    const release = `${first}/release`;
    const { version } = JSON.parse(await Deno.readTextFile(`${root}deno.json`));
    const program = `allora-pipeline-${version}-linux-${MACHINE}`;
    assertEquals((await done("ls -A", release)).split("\n").sort(), [
      ...["CHANGELOG.md", "SHA256SUMS", "SHA256SUMS.sig"],
      ...[program, `${program}.cdx.json`, "allora-pipeline.1"],
    ]);
    const commit = await done("git rev-parse --short=12 HEAD", first);
    assertMatch(await done(`./${program} --version`, release), new RegExp(commit));

    const check = printed.slice(printed.indexOf("\necho "));
    const good = await done(check, release);
    assertMatch(good, /^Good "file" signature for allora-pipeline/);
    assertEquals([...good.matchAll(/: OK$/gm)].length, 4);
    for (const file of [program, "SHA256SUMS"]) {
      await done(`cp ${file} kept && echo >>${file}`, release);
      assert((await sh(check, release)).code !== 0, `${file} was changed`);
      await done(`mv kept ${file}`, release);
    }

    // As deep, and not as deep, in the file system.
    const second = await clone(first, `${dir}/a/longer/path/second`);
    await done("make -s build", second);
    await done(`cmp bin/allora-pipeline ${release}/${program}`, second);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});

Deno.test("the bill of materials has every package of the lock file with its purl and hash", async () => {
  const pinned = JSON.parse(await Deno.readTextFile(`${root}deno.lock`));
  const of = { version: "1.2.3", commit: "abc", deno: "2.7.11", commitTime: 1_700_000_000 };
  const { metadata, components } = sbom({ ...of, pinned, built: pinned });
  assertEquals(metadata.timestamp, "2023-11-14T22:13:20.000Z");
  const keys = [...Object.keys(pinned.jsr), ...Object.keys(pinned.npm)];
  assertEquals(components.length, keys.length + 1);
  assertEquals(new Set(components.map((each) => each["bom-ref"])).size, components.length);
  for (const { purl, scope } of components) {
    assertEquals(scope, "required");
    assertMatch(purl, /^pkg:(npm|generic)\/(%40[\w.-]+\/)?[\w.-]+@\d+\.\d+\.\d+[\w.-]*$/);
  }
  const found = components.find(({ purl }) => purl === "pkg:npm/%40cosmjs/socket@0.36.2");
  assert(found !== undefined && "hashes" in found);
  const [{ alg, content } = { alg: "", content: "" }] = found.hashes;
  assertMatch(`${alg} ${content}`, /^SHA-512 [0-9a-f]{128}$/);

  // Where there is no JSR the binary has none of its packages.
  const { jsr: _, ...npmOnly } = pinned;
  const others = sbom({ ...of, pinned, built: npmOnly }).components;
  const excluded = others.filter(({ scope }) => scope === "excluded").map(({ purl }) => purl);
  assertEquals(excluded.length, Object.keys(pinned.jsr).length);
  assert(excluded.every((purl) => purl.startsWith("pkg:generic/%40std/")));
});
