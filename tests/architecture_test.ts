import { assertEquals } from "@std/assert";

/** Who may import whom, by room. A room may always import itself. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  main: ["commands", "host", "errors", "version"],
  commands: [
    "events",
    "cycle",
    "market",
    "model",
    "chain",
    "ledger",
    "logs",
    "health",
    "host",
    "settings",
    "errors",
    "version",
    "devnet",
  ],
  cycle: ["events", "market", "model", "chain", "ledger", "host", "settings", "errors"],
  market: ["host", "settings", "errors"],
  model: ["errors"],
  chain: ["host", "settings", "errors"],
  ledger: ["host", "settings", "errors"],
  health: ["events", "market", "chain", "ledger", "host", "settings", "errors"],
  logs: ["events", "host", "settings", "errors"],
  devnet: ["host", "errors"],
  host: ["settings", "errors"],
  events: ["settings", "errors"],
  settings: ["errors"],
  errors: [],
  version: [],
};

/** Files of a room that only these commands may reach. */
const ONLY_FROM: Readonly<Record<string, RegExp>> = {
  devnet: /^src\/(devnet\/|commands\/(demo|devnet)[a-z_]*\.ts$)/,
};

interface Module {
  readonly specifier: string;
  readonly dependencies?: readonly { readonly code?: { readonly specifier?: string } }[];
}

const root = new URL("..", import.meta.url);

async function sources(): Promise<string[]> {
  const found: string[] = [];
  const walk = async (dir: string) => {
    for await (const entry of Deno.readDir(new URL(dir, root))) {
      const path = `${dir}${entry.name}`;
      if (entry.isDirectory) await walk(`${path}/`);
      else if (path.endsWith(".ts")) found.push(path);
    }
  };
  await walk("src/");
  return found.sort();
}

async function importGraph(): Promise<Map<string, string[]>> {
  const config = await Deno.stat(new URL(".npm-only.json", root)).then(
    () => ["-c", ".npm-only.json"],
    () => [],
  );
  const graph = new Map<string, string[]>();
  for (const entry of ["src/main.ts", ...await sources()]) {
    if (graph.has(entry)) continue;
    const { stdout, stderr, success } = await new Deno.Command(Deno.execPath(), {
      args: ["info", "--json", ...config, entry],
      cwd: root,
    }).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
    const { modules } = JSON.parse(new TextDecoder().decode(stdout)) as { modules: Module[] };
    for (const { specifier, dependencies } of modules) {
      if (!specifier.startsWith(`${root.href}src/`)) continue;
      const own = specifier.slice(root.href.length);
      graph.set(
        own,
        (dependencies ?? [])
          .flatMap(({ code }) => code?.specifier ?? [])
          .filter((target) => target.startsWith(`${root.href}src/`))
          .map((target) => target.slice(root.href.length)),
      );
    }
  }
  return graph;
}

const roomOf = (path: string) => path.split("/")[1]!.replace(/\.ts$/, "");

Deno.test("no room imports a room that it may not know", async () => {
  const wrong: string[] = [];
  for (const [from, targets] of await importGraph()) {
    const room = roomOf(from);
    for (const to of targets) {
      const known = roomOf(to);
      const only = ONLY_FROM[known];
      if (room !== known && !ALLOWED[room]?.includes(known)) wrong.push(`${from} imports ${to}`);
      else if (only && !only.test(from)) wrong.push(`${from} imports ${to}`);
    }
  }
  assertEquals(wrong, []);
});

Deno.test("every source file is reached from main", async () => {
  const config = await Deno.stat(new URL(".npm-only.json", root)).then(
    () => ["-c", ".npm-only.json"],
    () => [],
  );
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", ...config, "src/main.ts"],
    cwd: root,
  }).output();
  const { modules } = JSON.parse(new TextDecoder().decode(stdout)) as { modules: Module[] };
  const reached = new Set(modules.map(({ specifier }) => specifier.slice(root.href.length)));
  assertEquals((await sources()).filter((path) => !reached.has(path)), []);
});

Deno.test("no source file is longer than 300 lines", async () => {
  const long: string[] = [];
  for (const path of await sources()) {
    const lines = (await Deno.readTextFile(new URL(path, root))).split("\n").length - 1;
    if (lines > 300) long.push(`${path}: ${lines}`);
  }
  assertEquals(long, []);
});
