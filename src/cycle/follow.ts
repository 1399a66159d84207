import { followChain, type OpenedWindow } from "../chain/subscription.ts";
import { messageOf } from "../errors.ts";
import type { TopicSettings } from "../settings.ts";
import type { Run } from "./run.ts";

export interface Ears {
  onWindow(window: OpenedWindow): void;
  /** Whether events come, each time that this changes. */
  onChange(isHearing: boolean): void;
}

const FIRST_PAUSE_MS = 1000;
/** The longest pause, and how long an endpoint has to be heard for its past failures to be forgotten. */
const LONGEST_PAUSE_MS = 60_000;
/** Before anything was measured: twice the usual, so that no healthy socket is torn down. */
const UNKNOWN_BLOCK_MS = 10_000;

/**
 * Hears the chain over one endpoint after the other until the run's signal is aborted. That events
 * come or stopped coming is told when it changes, not at every try.
 */
export async function follow(
  run: Run,
  topics: readonly TopicSettings[],
  ears: Ears,
): Promise<void> {
  const { host, settings, signal } = run;
  let isHearing: boolean | undefined;
  for (let turn = 0, failures = 0; !signal.aborted; turn++) {
    const url = settings.rpc[turn % settings.rpc.length]!;
    const startMs = host.nowMs();
    try {
      await followChain(url, {
        ...{ host, signal, timeoutMs: settings.rpcTimeoutMs, blockMs: blockMs(run, topics) },
        onWindow: (window) => ears.onWindow(window),
        onBlock() {
          if (isHearing) return;
          isHearing = true;
          run.tell("daemon.subscribed", { url: new URL(url).origin });
          ears.onChange(true);
        },
      });
    } catch (thrown) {
      if (isHearing !== false) {
        isHearing = false;
        run.tell("daemon.unsubscribed", { error: messageOf(thrown) });
        ears.onChange(false);
      }
    }
    failures = host.nowMs() - startMs > LONGEST_PAUSE_MS ? 1 : failures + 1;
    const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** (failures - 1), LONGEST_PAUSE_MS);
    // Workers that lost a node together must not come back together.
    await host.sleep(pauseMs * (0.5 + host.random() / 2), signal).catch(() => {});
  }
}

/** Wall milliseconds per block, as former visits have measured it. */
function blockMs(run: Run, topics: readonly TopicSettings[]): number {
  const measured = topics.flatMap(({ topicId }) => run.ledger.lastWindow(topicId)?.paceMs ?? []);
  return measured.length > 0 ? Math.max(...measured) : UNKNOWN_BLOCK_MS;
}
