import { assert, assertEquals, assertMatch } from "@std/assert";
import { dashboard, panelsOf } from "./monitoring.ts";

const root = new URL("../../", import.meta.url);

/** What the schema package says of the options and the fields' own settings of each kind of panel. */
const KINDS = { "stat": "Stat", "timeseries": "TimeSeries", "state-timeline": "StateTimeline" };
type Kind = keyof typeof KINDS;
const isKind = (type: string): type is Kind => type in KINDS;

const typesOf = (kind: Kind) =>
  `@grafana/schema/dist/esm/raw/composable/${KINDS[kind].toLowerCase()}/panelcfg/x/` +
  `${KINDS[kind]}PanelCfg_types.gen`;

/** JSON has the text of an enum where the package's types want the enum. */
const PRELUDE = `import type { Dashboard } from "@grafana/schema";
type Json<T> = T extends string ? \`\${T}\` : T extends number | boolean | null | undefined ? T
  : { readonly [Key in keyof T]: Json<T[Key]> };
`;

/** The dashboard as a module that only type-checks when Grafana's types allow it, and every panel's parts. */
async function asModule(): Promise<string> {
  const text = await Deno.readTextFile(dashboard);
  const kinds = Object.keys(KINDS).filter(isKind);
  const imports = kinds.map((kind) => `import type * as ${KINDS[kind]} from "${typesOf(kind)}";`);
  const parts = (await panelsOf()).flatMap(({ type, options, fieldConfig }, i) => {
    assert(type === "row" || isKind(type), `no types are known of a panel of type ${type}`);
    if (type === "row") return [];
    const { custom } = fieldConfig.defaults;
    const named = KINDS[type];
    return [
      `export const options${i}: Json<${named}.Options> = ${JSON.stringify(options)};`,
      ...custom === undefined
        ? []
        : [`export const custom${i}: Json<${named}.FieldConfig> = ${JSON.stringify(custom)};`],
    ];
  });
  return [...imports, PRELUDE, `export const dashboard: Json<Dashboard> = ${text};`, ...parts]
    .join("\n");
}

async function check(
  module: string,
): Promise<{ readonly success: boolean; readonly said: string }> {
  const path = await Deno.makeTempFile({ prefix: "allora-dashboard-", suffix: ".ts" });
  try {
    await Deno.writeTextFile(path, module);
    const config = await Deno.stat(new URL(".npm-only.json", root)).then(
      () => ".npm-only.json",
      () => "deno.json",
    );
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["check", "-q", "-c", config, "--frozen", path],
      cwd: root,
      env: { NO_COLOR: "1" },
    }).output();
    return { success, said: new TextDecoder().decode(stderr) };
  } finally {
    await Deno.remove(path);
  }
}

Deno.test("the dashboard is what Grafana's published types allow, its panels' options too", async () => {
  const module = await asModule();
  const { success, said } = await check(module);
  assert(success, said);
  const wrong = module.replace('"mode": "absolute"', '"mode": "absolut"')
    .replace('"justifyMode":"auto"', '"justify":"auto"');
  const refused = await check(wrong);
  for (const word of [/"absolut"/, /"justify"/]) assertMatch(refused.said, word);
});

Deno.test("the dashboard can be installed beside others: no fixed datasource, a fixed uid, no id", async () => {
  const json = JSON.parse(await Deno.readTextFile(dashboard));
  assertEquals([json.id, json.uid, json.tags], [null, "allora-pipeline", ["allora-pipeline"]]);
  assert(json.schemaVersion >= 36);
  const variables: { name: string; type: string }[] = json.templating.list;
  assertEquals(variables.map(({ name }) => name), ["datasource", "job", "instance", "topic"]);
  assertEquals(variables[0]!.type, "datasource");
  const uids = [...(await Deno.readTextFile(dashboard)).matchAll(/"uid": "([^"]*)"/g)]
    .map(([, uid]) => uid);
  assertEquals(new Set(uids), new Set(["${datasource}", "allora-pipeline"]));
});

Deno.test("the panels fill a grid without covering each other, and each says what it shows", async () => {
  const panels = await panelsOf();
  assertEquals(new Set(panels.map(({ id }) => id)).size, panels.length);
  for (const { type, title, description } of panels) {
    assert(type === "row" || (description ?? "") !== "", `${title} has no description`);
  }
  for (const [i, { gridPos: a, title }] of panels.entries()) {
    assert(a.x + a.w <= 24, `${title} is wider than the page`);
    for (const { gridPos: b, title: other } of panels.slice(i + 1)) {
      const isApart = a.x + a.w <= b.x || b.x + b.w <= a.x || a.y + a.h <= b.y || b.y + b.h <= a.y;
      assert(isApart, `${title} and ${other} cover each other`);
    }
  }
});
