import { assert, assertEquals } from "@std/assert";

const root = new URL("../..", import.meta.url).pathname;

async function sh(command: string, ...args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(command, {
    ...{ args, cwd: root, env: { MAKEFLAGS: "", NO_COLOR: "1" } },
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  if (!success) throw new Error(`${command} ${args.join(" ")}: ${text(stdout)}${text(stderr)}`);
  return text(stdout);
}

async function build(): Promise<string> {
  await sh("make", "build");
  return (await sh("sha256sum", "bin/allora-pipeline")).split(" ")[0]!;
}

Deno.test("two builds of one tree are the same bytes, and the binary says what it is", async () => {
  const first = await build();
  // Far enough apart that a time that slipped in would show.
  await new Promise((resolve) => setTimeout(resolve, 1100));
  assertEquals(await build(), first);

  const version = await sh("bin/allora-pipeline", "--version");
  const commit = (await sh("git", "rev-parse", "--short=12", "HEAD")).trim();
  assert(version.includes(commit) && version.includes(Deno.version.deno), version);
  assert(/with (npm-only\/ stand-ins for @std|@std from JSR)/.test(version), version);
});
