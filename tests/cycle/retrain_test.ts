import { assertEquals } from "@std/assert";
import { leavesRoom, roomIn } from "../../src/cycle/window_room.ts";
import { driftSince } from "../../src/cycle/retrain_reasons.ts";
import type { Submission } from "../../src/ledger/submission.ts";
import { seededRandom } from "../../src/model/bootstrap.ts";
import { practise } from "./practice.ts";

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
/** An epoch of an hour, whose window of 50 minutes opened at block 1000, as seen at block 1010. */
const SEEN = {
  ...{ topicId: 1n, seenHeight: 1010n, seenMs: 0, headMs: 0, nonce: 1000n, closes: 1600n },
  ...{ nextOpens: 1720n, paceFromHeight: 900n, paceFromMs: 0, paceMs: 5000, paces: 5n },
};

Deno.test("training has room in the middle of a window, not in its last minutes nor before the next", () => {
  assertEquals(leavesRoom(SEEN, 2 * MINUTE_MS, 0), true);
  assertEquals(leavesRoom(SEEN, 36 * MINUTE_MS, 0), false, "it would last into the last minutes");
  assertEquals(leavesRoom(SEEN, 2 * MINUTE_MS, 36 * MINUTE_MS), false, "they are near");
  const closed = { ...SEEN, nonce: null, closes: null, seenHeight: 1601n };
  assertEquals(leavesRoom(closed, 5 * MINUTE_MS, 0), true);
  assertEquals(leavesRoom(closed, 10 * MINUTE_MS, 0), false, "the next opens meanwhile");
  assertEquals(leavesRoom({ ...SEEN, paceMs: null }, 1, 0), false, "nobody knows");
});

Deno.test("a first training ends before the window's last minutes, at the usual pace when none is known", () => {
  const { leftMs, wholeMs } = roomIn({ ...SEEN, paceMs: null }, MINUTE_MS);
  assertEquals([leftMs, wholeMs], [590 * 4000 - 6 * MINUTE_MS, 45 * MINUTE_MS]);
  assertEquals(roomIn({ ...SEEN, nonce: null, closes: null }, 0).leftMs, Infinity);
  assertEquals(roomIn(undefined, 0).leftMs, Infinity);
});

Deno.test("errors that have risen since the model was trained are a drift, older ones are not", async () => {
  await using worker = await practise({ isTrained: false });
  const [topic] = worker.settings.topics;
  const random = seededRandom(7);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const row = (hour: number, sd: number): Submission => ({
    ...{ topicId: 1n, nonce: BigInt(hour), worker: "w", windowOpens: 1n, windowCloses: 2n },
    ...{ value: "0.1", labels: null, model: "auto 0", fallback: null, state: "confirmed" },
    ...{ reason: null, createdMs: 0, updatedMs: 0, settledMs: 0, included: true, score: null },
    ...{ emaScore: null, rewardUallo: null, networkValue: null, realised: 0, lossZero: 1 },
    ...{ low: 0, high: 0, low80: 0, high80: 0, sigma: 0.01, basePrice: 1 },
    ...{ baseMs: hour * HOUR_MS, loss: (0.01 * sd * normal()) ** 2 },
  });
  const calm = Array.from({ length: 100 }, (_, hour) => row(hour, 1));
  const wild = Array.from({ length: 60 }, (_, hour) => row(100 + hour, 3));
  const since = (rows: Submission[], hour: number) => driftSince(rows, topic!, hour * HOUR_MS);
  assertEquals(since(calm, 0), undefined);
  const at = since([...calm, ...wild], 100)! / HOUR_MS;
  assertEquals(at >= 100 && at < 130, true, String(at));
  assertEquals(since([...calm, ...wild], 159), undefined, "the model was trained after it");
  // Of forecasts that overlap one per horizon counts: here every eighth, which are too few.
  const overlapping = { ...topic!, horizonMs: 8 * HOUR_MS };
  assertEquals(driftSince([...calm, ...wild], overlapping, 0), undefined);
});
