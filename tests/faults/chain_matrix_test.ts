import { enterArena } from "./arena.ts";
import { strikeAll } from "./matrix.ts";
import { CHAIN_FAULTS, UPGRADE } from "./strikes.ts";

Deno.test("what the chain does between two requests costs neither the window nor a second fee", async (t) => {
  await using arena = await enterArena(10);
  await strikeAll(t, arena, CHAIN_FAULTS);
});

Deno.test("an upgrade from v9 to v10 between two requests costs neither the window nor a second fee", async (t) => {
  await using arena = await enterArena(9);
  await strikeAll(t, arena, [UPGRADE]);
});
