// Holds every @std symbol that the project uses to what the project expects of it, and runs unchanged
// against the real packages and against npm-only/.
import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertExists,
  assertMatch,
  assertNotEquals,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
  fail,
} from "@std/assert";
import { parseArgs } from "@std/cli/parse-args";
import { parse } from "@std/dotenv";
import { ensureDirSync } from "@std/fs";
import { BaseHandler, type LevelName, Logger } from "@std/log";

Deno.test("@std/assert passes what holds and throws AssertionError on what does not", async () => {
  const holds: (() => unknown)[] = [
    () => assert(1),
    () => assertAlmostEquals(0.1 + 0.2, 0.3),
    () => assertAlmostEquals(1, 1.05, 0.1),
    () => assertEquals({ a: [1n, new Uint8Array([2])] }, { a: [1n, new Uint8Array([2])] }),
    () => assertExists(0),
    () => assertMatch("abc", /b/),
    () => assertNotEquals({ a: 1 }, { a: 2 }),
    () => assertStrictEquals(NaN, NaN),
    () => assertStringIncludes("abc", "bc"),
  ];
  for (const check of holds) check();
  const fails: (() => unknown)[] = [
    () => assert(0, "message"),
    () => assertAlmostEquals(1, 1.1),
    () => assertEquals({ a: 1 }, { a: 1, b: undefined }),
    () => assertExists(undefined),
    () => assertMatch("abc", /x/),
    () => assertNotEquals([1], [1]),
    () => assertStrictEquals<unknown>({}, {}),
    () => assertStringIncludes("abc", "x"),
    () => assertThrows(() => {}),
    () => assertThrows(() => JSON.parse("{"), TypeError),
    () => assertThrows(() => JSON.parse("{"), SyntaxError, "another text"),
    () => fail("message"),
  ];
  for (const check of fails) {
    assertEquals(assertThrows(check, Error).name, "AssertionError", check.toString());
  }
  const rejection = await assertRejects(
    () => Promise.reject(new RangeError("far")),
    RangeError,
    "fa",
  );
  assertEquals(rejection.message, "far");
  const notRejected = await assertRejects(() => assertRejects(() => Promise.resolve()), Error);
  assertEquals(notRejected.name, "AssertionError");
});

Deno.test("@std/cli parseArgs() keeps strings as text, booleans apart, and shows what is unknown", () => {
  const unknown: string[] = [];
  const args = parseArgs(["submit", "--topic", "007", "--json", "--rpc=a=b", "--wat", "--", "-x"], {
    string: ["topic", "rpc", "config"],
    boolean: ["json", "help"],
    alias: { help: "h" },
    "--": true,
    unknown: (arg, key) => {
      if (key === undefined) return true;
      unknown.push(arg);
      return false;
    },
  });
  assertEquals([args.topic, args.rpc, args.config, args.json, args.help], [
    "007",
    "a=b",
    undefined,
    true,
    false,
  ]);
  assertEquals([args._, args["--"], unknown], [["submit"], ["-x"], ["--wat"]]);
  assertEquals(parseArgs(["-h"], { boolean: ["help"], alias: { help: "h" } }).help, true);
  assertEquals(parseArgs(["--a", "1", "--a", "2"], { string: ["a"], collect: ["a"] }).a, [
    "1",
    "2",
  ]);
  assertEquals(
    parseArgs(["--no-colour"], { boolean: ["colour"], negatable: ["colour"] }).colour,
    false,
  );
  assertEquals(parseArgs([], { string: ["a"], default: { a: "b" } }).a, "b");
  assertEquals(parseArgs(["a", "--b"], { stopEarly: true, boolean: ["b"] })._, ["a", "--b"]);
});

const ENV_TEXTS: readonly [text: string, values: Record<string, string>][] = [
  ["ALLORA_RPC=http://a:1/p?q=1,http://b\nEMPTY=\n", {
    ALLORA_RPC: "http://a:1/p?q=1,http://b",
    EMPTY: "",
  }],
  ["# comment\n\n  SPACED = 3 \nexport K=v # tail\n", { SPACED: "3", K: "v" }],
  [`A='t w'\nB="x\\ny"\nC="a # b"\n`, { A: "t w", B: "x\ny", C: "a # b" }],
  ["X=1\nY=${X}2\nZ=$X\nW=${NOPE_:-d}\nS='$X'\n", { X: "1", Y: "12", Z: "1", W: "d", S: "$X" }],
  ["LAST=no newline", { LAST: "no newline" }],
];
for (const [text, values] of ENV_TEXTS) {
  Deno.test(`@std/dotenv parse() reads ${JSON.stringify(text)}`, () => {
    assertEquals({ ...parse(text) }, values);
  });
}

Deno.test("@std/fs ensureDirSync() makes a path of directories, once, and not over a file", () => {
  const root = Deno.makeTempDirSync({ prefix: "std-fs-" });
  ensureDirSync(`${root}/a/b`);
  ensureDirSync(`${root}/a/b`);
  assert(Deno.statSync(`${root}/a/b`).isDirectory);
  Deno.writeTextFileSync(`${root}/file`, "");
  assertThrows(() => ensureDirSync(`${root}/file`), Error, "expected 'dir', got 'file'");
  assertThrows(() => ensureDirSync(`${root}/file/a`), Deno.errors.NotADirectory);
  Deno.removeSync(root, { recursive: true });
});

class Lines extends BaseHandler {
  readonly lines: string[] = [];
  override log(line: string): void {
    this.lines.push(line);
  }
}

Deno.test("@std/log's Logger hands records from its level on to its handlers", () => {
  const levels: LevelName[] = ["DEBUG", "INFO", "WARN", "ERROR"];
  for (const [index, level] of levels.entries()) {
    const plain = new Lines("NOTSET");
    const formatter: BaseHandler["formatter"] = ({ levelName, loggerName, msg, args }) =>
      `${levelName} ${loggerName} ${msg} ${JSON.stringify(args)}`;
    const full = new Lines("ERROR", { formatter });
    const logger = new Logger("pipeline", level, { handlers: [plain, full] });
    assertEquals(logger.debug("one", 1), "one");
    logger.info("two");
    logger.warn("three");
    logger.error("four", { a: 1 }, "b");
    const all = ["DEBUG one", "INFO two", "WARN three", "ERROR four"];
    assertEquals(plain.lines, all.slice(index));
    assertEquals(full.lines, ['ERROR pipeline four [{"a":1},"b"]']);
  }
});

Deno.test("every @std symbol that the project imports is held to its contract here", () => {
  const here = importedFrom(import.meta.filename ?? "");
  for (const directory of ["../src", "."]) {
    for (const path of sources(new URL(directory, import.meta.url).pathname)) {
      const missing = importedFrom(path).filter((symbol) => !here.includes(symbol));
      assertEquals(missing, [], `${path} imports what no contract covers`);
    }
  }
});

/** "name of package" for each name that a file imports from @std. */
function importedFrom(path: string): string[] {
  const imports = /import (?:type )?([^;]*?) from "(@std\/[^"]+)";/g;
  return [...Deno.readTextFileSync(path).matchAll(imports)].flatMap(([, names = "", from]) =>
    names.replace(/[{}]|\btype\b/g, "").split(",").map((name) => name.trim()).filter(Boolean)
      .map((name) => `${name} of ${from}`)
  );
}

function sources(directory: string): string[] {
  return [...Deno.readDirSync(directory)].flatMap(({ name, isDirectory }) =>
    isDirectory
      ? sources(`${directory}/${name}`)
      : name.endsWith(".ts")
      ? [`${directory}/${name}`]
      : []
  );
}
