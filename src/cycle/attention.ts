import type { OpenedWindow } from "../chain/subscription.ts";
import type { ServiceManager } from "../host/service_manager.ts";
import type { TopicSettings } from "../settings.ts";
import type { Ears } from "./follow.ts";
import type { Run } from "./run.ts";

/** A window that was heard of is looked for this long; then it is left to the visits of every minute. */
const LOOK_MS = 60_000;

/** What the daemon has heard and not worked on yet; what it hears ends its rest. */
export class Attention implements Ears, Disposable {
  readonly #run: Run;
  readonly #topics: ReadonlySet<bigint>;
  readonly #leave: AbortSignal | undefined;
  readonly #heard = new Map<bigint, { readonly nonce: bigint; readonly atMs: number }>();
  #wake = new AbortController();
  #hurry = new AbortController();
  #isHearing = false;

  constructor(run: Run, topics: readonly TopicSettings[], leave: AbortSignal | undefined) {
    this.#run = run;
    this.#topics = new Set(topics.map(({ topicId }) => topicId));
    this.#leave = leave;
    run.signal.addEventListener("abort", this.#onStop);
    leave?.addEventListener("abort", this.#onLeave);
  }

  /** Whether events come. */
  get isHearing(): boolean {
    return this.#isHearing;
  }

  /** Whether nothing new may begin. */
  get isOver(): boolean {
    return this.#run.signal.aborted || this.#leave?.aborted === true;
  }

  /** Whether a window of the topic has opened that no visit has seen yet. */
  isCalledTo(topicId: bigint): boolean {
    return this.#heard.has(topicId);
  }

  get isCalled(): boolean {
    return this.#heard.size > 0;
  }

  onWindow({ topicId, nonce }: OpenedWindow): void {
    if (!this.#topics.has(topicId) || this.#isSeen(topicId, nonce)) return;
    this.#heard.set(topicId, { nonce, atMs: this.#run.host.nowMs() });
    this.#hurry.abort();
    this.#wake.abort();
  }

  onChange(isHearing: boolean): void {
    if (isHearing === this.#isHearing) return;
    this.#isHearing = isHearing;
    this.#wake.abort();
  }

  /** For a visit that begins now: aborted when something else asks for the next one. */
  hurry(): AbortSignal {
    this.#hurry = new AbortController();
    return this.#hurry.signal;
  }

  /** Forgets the windows that the visits have seen. A node may be a block behind what was heard. */
  forgetSeen(): void {
    for (const [topicId, { nonce, atMs }] of this.#heard) {
      const isOld = Math.abs(this.#run.host.nowMs() - atMs) > LOOK_MS;
      if (isOld || this.#isSeen(topicId, nonce)) this.#heard.delete(topicId);
    }
  }

  /** Rests, at most `ms` and until something is heard, and says between its pieces that it is alive. */
  async rest(ms: number, service: ServiceManager): Promise<void> {
    for (let leftMs = ms; leftMs > 0 && !this.#wake.signal.aborted; leftMs -= service.pingMs) {
      if (leftMs < ms) service.alive();
      const pieceMs = Math.min(leftMs, service.pingMs);
      await this.#run.host.sleep(pieceMs, this.#wake.signal).catch(() => {});
    }
    if (!this.isOver) this.#wake = new AbortController();
  }

  [Symbol.dispose](): void {
    this.#run.signal.removeEventListener("abort", this.#onStop);
    this.#leave?.removeEventListener("abort", this.#onLeave);
  }

  #isSeen(topicId: bigint, nonce: bigint): boolean {
    return (this.#run.ledger.lastWindow(topicId)?.nonce ?? 0n) >= nonce;
  }

  readonly #onStop = () => this.#wake.abort();

  readonly #onLeave = () => {
    this.#hurry.abort();
    this.#wake.abort();
  };
}
