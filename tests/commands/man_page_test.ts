import { assertEquals, assertStringIncludes } from "@std/assert";
import { COMMANDS } from "../../src/commands/table.ts";
import { SETTINGS } from "../../src/settings.ts";
import { runMain } from "./run_main.ts";

const mandoc = await new Deno.Command("mandoc", { args: ["/dev/null"] }).output()
  .then(() => true, () => false);
if (!mandoc) console.log("skipped: the manual page is checked by mandoc, which is not here");

Deno.test({
  name: "the manual page has every command and setting, and mandoc finds no fault with it",
  ignore: !mandoc,
  fn: async () => {
    const dir = await Deno.makeTempDir({ prefix: "allora-man-" });
    try {
      const { code, stdout } = await runMain(["help", "man"], { cwd: dir });
      assertEquals(code, 0);
      await Deno.writeTextFile(`${dir}/page.1`, stdout);
      const read = async (...args: string[]) => {
        const { stdout } = await new Deno.Command("mandoc", { args: [...args, `${dir}/page.1`] })
          .output();
        return new TextDecoder().decode(stdout);
      };
      const faults = (await read("-Tlint", "-Wwarning")).trim().split("\n")
        // The same program prints the same page, whenever it was built.
        .filter((line) => !line.includes("missing date"));
      assertEquals(faults.filter((line) => line !== ""), []);
      // Struck-over letters are bold.
      // deno-lint-ignore no-control-regex
      const page = (await read("-Tutf8", "-Owidth=400")).replace(/.\x08/g, "");
      for (const { name } of COMMANDS) assertStringIncludes(page, `\n   ${name}`);
      for (const { flag, name, type } of SETTINGS) {
        assertStringIncludes(page, `--${flag} ${type.word.replaceAll("…", "...")}, ${name}\n`);
      }
      assertStringIncludes(page, "journalctl -u 'allora-pipeline-*' -p warning --since today\n");
    } finally {
      await Deno.remove(dir, { recursive: true });
    }
  },
});
