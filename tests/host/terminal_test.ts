import { assertEquals } from "@std/assert";
import { paint, table, wantsColour } from "../../src/host/terminal.ts";

const COLOUR_CASES: readonly [env: Record<string, string>, terminal: boolean, colour: boolean][] = [
  [{}, true, true],
  [{}, false, false],
  [{ TERM: "dumb" }, true, false],
  [{ NO_COLOR: "1" }, true, false],
  [{ NO_COLOR: "" }, true, true],
  [{ CLICOLOR: "0" }, true, false],
  [{ CLICOLOR_FORCE: "1" }, false, true],
  [{ CLICOLOR_FORCE: "0" }, false, false],
  [{ CLICOLOR_FORCE: "1", TERM: "dumb" }, false, true],
  [{ CLICOLOR_FORCE: "1", NO_COLOR: "1" }, true, false],
];
for (const [env, isTerminal, colour] of COLOUR_CASES) {
  const where = isTerminal ? "a terminal" : "a pipe";
  Deno.test(`wantsColour() on ${where} with ${JSON.stringify(env)} is ${colour}`, () => {
    assertEquals(wantsColour({ env, isTerminal, json: false }), colour);
    assertEquals(wantsColour({ env, isTerminal, json: true }), false);
  });
}

Deno.test("table() aligns columns by what is seen and shows an empty cell as -", () => {
  const rows = [
    ["topic", "state", "fee"],
    ["1", paint("proven", "green", true), "12"],
    ["67", "", "1,200"],
  ];
  assertEquals(
    table(rows, { align: ["right", "left", "right"] }),
    [
      "topic  state     fee",
      "    1  \x1b[32mproven\x1b[0m     12",
      "   67  -       1,200",
    ].join("\n"),
  );
  assertEquals(table([]), "");
});
