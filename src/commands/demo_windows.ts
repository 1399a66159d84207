import type { Block, DevnetChain } from "../devnet/chain.ts";

/**
 * Calls back for each window of the topic that opens from now on, when it has closed. The end comes
 * with the event of the opening: a window that nobody used ends without one of its own.
 */
export function closedWindows(
  chain: DevnetChain,
  topicId: bigint,
  onClose: (nonce: bigint) => void,
): Disposable {
  const open: OpenedWindow[] = [];
  const stop = chain.onBlock((block) => {
    open.push(...openedIn(block, topicId));
    while (open[0] !== undefined && open[0].closes <= block.height) onClose(open.shift()!.nonce);
  });
  return { [Symbol.dispose]: stop };
}

interface OpenedWindow {
  readonly nonce: bigint;
  /** Last block of the window. */
  readonly closes: number;
}

function openedIn({ events }: Block, topicId: bigint): OpenedWindow[] {
  return events
    .filter(({ type }) => type.endsWith(".EventWorkerSubmissionWindowOpened"))
    .flatMap(({ attributes }) => {
      const value = (name: string) =>
        attributes.find(({ key }) => key === name)?.value.replaceAll('"', "") ?? "";
      if (value("topic_id") !== String(topicId)) return [];
      const nonce = BigInt(value("nonce_block_height"));
      return { nonce, closes: Number(value("window_end_block")) };
    });
}
