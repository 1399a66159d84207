import { assertEquals } from "@std/assert";
import type { Window } from "../../src/chain/client.ts";
import { windowView } from "../../src/commands/status/window_view.ts";
import type { WindowRecord } from "../../src/ledger/windows.ts";

const SEEN_MS = 1_700_000_000_000;
/** Seen at height 1000: open for nonce 990 until 1050, the next from 1100, a block every 5 s. */
const SEEN: WindowRecord = {
  ...{ topicId: 1n, seenHeight: 1000n, seenMs: SEEN_MS, headMs: SEEN_MS },
  ...{ nonce: 990n, closes: 1050n, nextOpens: 1100n },
  ...{ paceFromHeight: 900n, paceFromMs: SEEN_MS - 500_000, paceMs: 5000, paces: 9n },
};
const offline = (seen: WindowRecord | undefined, afterBlocks: number) =>
  windowView({ seen, window: undefined, height: undefined, nowMs: SEEN_MS + afterBlocks * 5000 });

Deno.test("offline a window is estimated from the last visit and the pace of the blocks", () => {
  const open = offline(SEEN, 10);
  assertEquals([open.state, open.nonce, open.isLive], ["open", 990n, false]);
  assertEquals(open.closes, { height: 1050n, inBlocks: 40n, atMs: SEEN_MS + 50 * 5000 });
  const closed = offline(SEEN, 60);
  assertEquals([closed.state, closed.nonce, closed.closes], ["closed", undefined, undefined]);
  assertEquals(closed.nextOpens, { height: 1100n, inBlocks: 40n, atMs: SEEN_MS + 100 * 5000 });
});

Deno.test("of what lies after the next window, or without a pace or a visit, nothing is said", () => {
  for (
    const view of [offline(SEEN, 100), offline({ ...SEEN, paceMs: null }, 1), offline(undefined, 1)]
  ) {
    assertEquals([view.state, view.closes, view.nextOpens], [undefined, undefined, undefined]);
  }
});

Deno.test("what the chain says now wins, in blocks while the pace is not known", () => {
  const window: Window = {
    ...{ topicId: 1n, isOpen: true, nonce: 1100n, opens: 1100n, closes: 1160n },
    ...{ nextOpens: 1210n, nextCloses: 1270n },
    ...{ isRegistered: true, isWhitelisted: true, isActive: true },
  };
  const known = { window, height: 1110n, nowMs: SEEN_MS };
  const live = windowView({ ...known, seen: SEEN });
  assertEquals([live.state, live.nonce, live.isLive], ["open", 1100n, true]);
  assertEquals(live.closes?.atMs, SEEN_MS + 50 * 5000);
  const first = windowView({ ...known, seen: undefined });
  assertEquals(first.closes, { height: 1160n, inBlocks: 50n, atMs: undefined });
  const inactive = { ...window, isOpen: false, isActive: false, nextOpens: 0n };
  const none = windowView({ ...known, seen: SEEN, window: inactive });
  assertEquals([none.state, none.nextOpens], ["inactive", undefined]);
});
