import { assert, assertEquals, assertMatch } from "@std/assert";
import { type EventName, EVENTS } from "../../src/events.ts";
import { catalog } from "../../src/logs/catalog.ts";
import { MESSAGE_IDS } from "../../src/logs/message_ids.ts";
import { REMEDIES } from "../../src/logs/remedies.ts";

const shipped = new URL("../../systemd/allora-pipeline.catalog", import.meta.url);
const names = Object.keys(EVENTS) as EventName[];

Deno.test("every event has a MESSAGE_ID of its own", async () => {
  const missing = names.filter((name) => !(name in MESSAGE_IDS));
  const rows = await Promise.all(missing.map(async (name) => {
    const text = new TextEncoder().encode(`allora-pipeline ${name}`);
    const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", text));
    return `  "${name}": "${hash.slice(0, 16).toHex()}",`;
  }));
  assertEquals(rows, [], `add to MESSAGE_IDS:\n${rows.join("\n")}`);
  const ids = Object.values(MESSAGE_IDS);
  assertEquals(new Set(ids).size, ids.length);
  for (const id of ids) assertMatch(id, /^[0-9a-f]{32}$/);
});

Deno.test("a MESSAGE_ID that was published stays", () => {
  assertEquals(MESSAGE_IDS["submission.confirmed"], "f4416089eece81e305377bb61ca009fd");
  assertEquals(MESSAGE_IDS["submission.missed"], "2b132e0502486da8dcce6fd24201252d");
});

Deno.test("every warning and error has its cause and remedy, and nothing else has", () => {
  const alarming = names.filter((name) => ["warn", "error"].includes(EVENTS[name].level));
  assertEquals(Object.keys(REMEDIES).sort(), alarming.sort());
});

Deno.test("the shipped catalog is the one that help catalog prints", async () => {
  assertEquals(
    await Deno.readTextFile(shipped),
    catalog(),
    "run: allora-pipeline help catalog > systemd/allora-pipeline.catalog",
  );
});

const journalctl = await new Deno.Command("journalctl", { args: ["--version"] }).output()
  .then(({ success }) => success, () => false);

Deno.test({
  name: `journalctl takes the catalog${journalctl ? "" : " (skipped: journalctl is not here)"}`,
  ignore: !journalctl,
  fn: async () => {
    const root = await Deno.makeTempDir({ prefix: "allora-catalog-" });
    try {
      await Deno.mkdir(`${root}/usr/lib/systemd/catalog`, { recursive: true });
      await Deno.mkdir(`${root}/var/lib/systemd/catalog`, { recursive: true });
      await Deno.copyFile(shipped, `${root}/usr/lib/systemd/catalog/allora-pipeline.catalog`);
      const run = async (...args: string[]) => {
        const { code, stdout, stderr } = await new Deno.Command("journalctl", {
          args: [`--root=${root}`, "--no-pager", ...args],
          env: { SYSTEMD_LOG_LEVEL: "info", LC_ALL: "C" },
        }).output();
        const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
        assertEquals([code, text(stderr)], [0, ""]);
        return text(stdout);
      };
      await run("--update-catalog");
      const listed = await run("--list-catalog");
      assertEquals(listed.trim().split("\n").length, Object.keys(REMEDIES).length);
      const shown = await run("--dump-catalog", MESSAGE_IDS["submission.missed"]);
      assert(
        shown.includes("Subject: window closed without our prediction: @ALLORA_REASON@"),
        shown,
      );
    } finally {
      await Deno.remove(root, { recursive: true });
    }
  },
});
