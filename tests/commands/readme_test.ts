import { assert, assertEquals } from "@std/assert";
import { SETTINGS } from "../../src/settings.ts";
import { runMain } from "./run_main.ts";

const readme = await Deno.readTextFile(new URL("../../README.md", import.meta.url));

Deno.test("the README shows the help as it is", async () => {
  const { code, stdout } = await runMain(["help"], { cwd: Deno.cwd() });
  assertEquals(code, 0);
  assert(readme.includes(stdout.trim()), stdout);
});

Deno.test("the README names no setting that does not exist", () => {
  const known = new Set<string>(SETTINGS.map(({ name }) => name));
  const forTests = new Set(["ALLORA_TOPIC"]);
  const named = readme.match(/ALLORA_[A-Z_]+/g) ?? [];
  assertEquals(named.filter((name) => !known.has(name) && !forTests.has(name)), []);
});

Deno.test("the README names no make target that does not exist", async () => {
  const makefile = await Deno.readTextFile(new URL("../../Makefile", import.meta.url));
  const targets = [...readme.matchAll(/\bmake ([a-z]+)\b/g)].map(([, target]) => target!);
  assertEquals(targets.filter((target) => !new RegExp(`^${target}:`, "m").test(makefile)), []);
});
