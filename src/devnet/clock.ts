/** A tick of the pace: short beside a block at most speeds, and long enough to leave time for answers. */
const TICK_MS = 4;
/** Work of one tick; the rest of the time belongs to those who ask. */
const BUSY_MS = 6;
/** What a stalled process may make up for; beyond it the chain's time was simply slower. */
const DEBT_MS = 250;
/** Blocks that are behind come at no more than this many times the pace. */
const CATCH_UP = 2;

/**
 * Calls `produce` once per `blockMs` of wall time, until disposed. After a stall (a model being fitted
 * in the same process) blocks come faster, but never so fast that a client in the same process, which
 * stalled too, loses a window to it.
 */
export function paceBlocks(blockMs: number, produce: () => void): Disposable {
  const mostPerTick = Math.ceil((CATCH_UP * TICK_MS) / blockMs);
  let dueMs = performance.now() + blockMs;
  let timer = setTimeout(tick, blockMs);

  function tick() {
    const startMs = performance.now();
    dueMs = Math.max(dueMs, startMs - Math.max(DEBT_MS, blockMs));
    for (let made = 0; made < mostPerTick && dueMs <= startMs; made++) {
      produce();
      dueMs += blockMs;
      if (performance.now() - startMs > BUSY_MS) break;
    }
    timer = setTimeout(tick, Math.max(TICK_MS, dueMs - performance.now()));
  }
  return { [Symbol.dispose]: () => clearTimeout(timer) };
}
