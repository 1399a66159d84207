import { enterArena } from "./arena.ts";
import { strikeAll } from "./matrix.ts";
import { NODE_FAULTS } from "./strikes.ts";

Deno.test("a node's fault at any request of a visit costs neither the window nor a second fee", async (t) => {
  await using arena = await enterArena(10);
  await strikeAll(t, arena, NODE_FAULTS);
});
