import { assertEquals } from "@std/assert";
import { closest } from "../../src/host/terminal.ts";

const COMMANDS = ["submit", "daemon", "predict", "train", "evaluate", "devnet", "demo"];
const CASES: readonly [typed: string, meant: string | undefined][] = [
  ["submti", "submit"],
  ["sumbit", "submit"],
  ["SUBMIT", "submit"],
  ["eval", "evaluate"],
  ["trian", "train"],
  ["dem", "demo"],
  ["devnett", "devnet"],
  ["fly", undefined],
  ["", undefined],
];
for (const [typed, meant] of CASES) {
  Deno.test(`closest() takes ${JSON.stringify(typed)} for ${meant ?? "nothing"}`, () => {
    assertEquals(closest(typed, COMMANDS), meant);
  });
}
