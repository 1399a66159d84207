import { assert, assertEquals } from "@std/assert";
import { JOURNAL_QUERIES } from "../../src/commands/help_journal.ts";
import { SETTINGS } from "../../src/settings.ts";
import { anchorOf, commandsOf, eventRows, fileText, healthIds, understand } from "./guide.ts";

const PAGES = ["docs/operations.md", "docs/monitoring/README.md", "README.md", "CHANGELOG.md"];
const guide = await fileText("docs/operations.md");
const headings = (page: string) =>
  [...page.replace(/^```.*?^```$/gms, "").matchAll(/^#+ (.*)$/gm)].map(([, text]) => text!);

Deno.test("every alert and every check has one entry in the guide, and no entry is about nothing", async () => {
  const entries = headings(guide.slice(guide.indexOf("## What is wrong")))
    .filter((heading) => /^[a-z]/.test(heading));
  assertEquals(entries.toSorted(), [...await healthIds()].toSorted());
});

Deno.test("every event that asks for attention has its row, in the words of its remedy", () => {
  const [, section = ""] = guide.split("### Events that ask for attention\n");
  const [, ...rows] = section.split("\n## ")[0]!.match(/^\| .* \|$/gm) ?? [];
  assertEquals(rows, [...eventRows()]);
});

Deno.test("every alert of Prometheus' rules has its row", async () => {
  const rules = await fileText("docs/monitoring/allora-pipeline.rules.yml");
  const alerts = [...rules.matchAll(/alert: (\w+)/g)].map(([, name]) => name);
  assertEquals([...guide.matchAll(/^\| (Allora\w+) \|/gm)].map(([, name]) => name), alerts);
});

Deno.test("the questions to the journal are those of help journal", () => {
  const fenced = new Set(commandsOf(guide).fenced);
  assertEquals(JOURNAL_QUERIES.filter(({ query }) => !fenced.has(query)), []);
});

Deno.test("the guide names no setting that does not exist", () => {
  const known = new Set<string>(SETTINGS.map(({ name }) => name));
  const ofTheJournal = new Set(["ALLORA_TOPIC_ID"]);
  const named = guide.match(/ALLORA_[A-Z_]+/g) ?? [];
  assertEquals(named.filter((name) => !known.has(name) && !ofTheJournal.has(name)), []);
});

for (const path of PAGES) {
  Deno.test(`links and anchors of ${path} lead somewhere`, async () => {
    const page = await fileText(path);
    const base = new URL(path, "file:///");
    for (const [, target] of page.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^https?:/.test(target!)) continue;
      const { pathname, hash } = new URL(target!, base);
      const linked = `/${path}` === pathname ? page : await textOf(pathname.slice(1));
      const anchors = headings(linked).map(anchorOf);
      assert(hash === "" || anchors.includes(hash.slice(1)), `${path}: ${target}`);
    }
  });

  Deno.test(`every call of the program in ${path} is one that it understands`, async () => {
    const { fenced, inline } = commandsOf(await fileText(path));
    for (const command of [...fenced, ...inline]) await understand(command);
  });
}

/** "" for a directory, which has no anchors. */
async function textOf(path: string): Promise<string> {
  const at = new URL(`../../${path}`, import.meta.url);
  return (await Deno.stat(at)).isDirectory ? "" : await Deno.readTextFile(at);
}
