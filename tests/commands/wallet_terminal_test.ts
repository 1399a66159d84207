import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { commandOf } from "./run_main.ts";

/** Twelve words of the BIP-39 test vectors: nobody's wallet. */
const PHRASE = `${"abandon ".repeat(11)}about`;
const ADDRESS = "allo19rl4cm2hmr8afy4kldpxz3fka4jguq0ajnh7gv";

/** script(1) gives a command a terminal of its own. */
const hasScript = await new Deno.Command("script", { args: ["--version"], stdout: "null" }).output()
  .then(() => true, () => false);
if (!hasScript) console.log("skipped: wallet import on a terminal needs script(1) of util-linux");

/** `wallet import` on a terminal, on which `keys` are typed once it asks; all that the screen shows. */
async function typeAt(cwd: string, keys: string): Promise<{ code: number; screen: string }> {
  const { args, env } = commandOf(["wallet", "import"]);
  const command = [Deno.execPath(), ...args].map((arg) => `'${arg}'`).join(" ");
  const child = new Deno.Command("script", {
    args: ["-qec", command, "/dev/null"],
    ...{ cwd, clearEnv: true, env: { ...env, SHELL: "/bin/sh" } },
    ...{ stdin: "piped", stdout: "piped", stderr: "null" },
  }).spawn();
  const writer = child.stdin.getWriter();
  const decoder = new TextDecoder();
  let screen = "";
  let isTyped = false;
  for await (const chunk of child.stdout) {
    screen += decoder.decode(chunk, { stream: true });
    if (isTyped || !screen.includes("Recovery phrase")) continue;
    isTyped = true;
    await writer.write(new TextEncoder().encode(keys));
  }
  await writer.close().catch(() => {});
  return { code: (await child.status).code, screen };
}

const CASES: readonly [name: string, keys: string, code: number, says: string][] = [
  ["words on one line", `${PHRASE}\r\r`, 0, ADDRESS],
  ["words one a line", `${PHRASE.replaceAll(" ", "\r")}\r\r`, 0, ADDRESS],
  ["lines that end with CR LF", `${PHRASE.replaceAll(" ", "\r\n")}\r\n\r\n`, 0, ADDRESS],
  ["a mistake that is taken back", `${PHRASE}x\x7f\r\r`, 0, ADDRESS],
  ["a line that is taken back", `zebra zebra\x15${PHRASE}\x04`, 0, ADDRESS],
  ["Ctrl-C", `${PHRASE}\x03`, 75, "nothing was written"],
  ["a wrong word", `${PHRASE}x\r\r`, 78, "word 12"],
];

Deno.test({
  name: "import on a terminal shows no word of what is typed",
  ignore: !hasScript,
  fn: async (t) => {
    for (const [name, keys, code, says] of CASES) {
      await t.step(name, async () => {
        const cwd = await Deno.makeTempDir({ prefix: "wallet-" });
        const ended = await typeAt(cwd, keys);
        assertEquals(ended.code, code, ended.screen);
        assertStringIncludes(ended.screen, says);
        assert(!/abandon|zebra/.test(ended.screen), ended.screen);
        const names = [...Deno.readDirSync(cwd)].map(({ name }) => name);
        assertEquals(names, code === 0 ? ["data"] : []);
        await Deno.remove(cwd, { recursive: true });
      });
    }
  },
});
