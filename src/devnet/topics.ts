import type { Event, InferenceSpec, TopicSpec } from "./chain_types.ts";
import { emissionsEvent } from "./events.ts";
import { networkInference } from "./network_inference.ts";
import { type ClosedEpoch, denseValues, type EpochWindow, labelledValues } from "./submissions.ts";

/** An EMA score: decimal text and the nonce of its last change (0 when there was none). */
export interface EmaScore {
  readonly text: string;
  readonly nonce: number;
}

/** Inferers of a topic at most, where the topic says nothing (max_top_inferers_to_reward). */
const DEFAULT_CAP = 32;
/** Closed epochs kept for queries. */
const KEPT_EPOCHS = 1000;

export class Topic {
  readonly spec: TopicSpec;
  readonly cap: number;
  readonly workers: Set<string>;
  readonly reputers: Set<string>;
  /** Who gets a worker's rewards, where it is not the worker itself. */
  readonly owners = new Map<string, string>();
  readonly emaScores = new Map<string, EmaScore>();
  readonly closed = new Map<number, ClosedEpoch>();
  readonly scores = new Map<
    number,
    readonly { readonly worker: string; readonly text: string }[]
  >();
  readonly inclusions = new Map<string, number>();
  readonly rewardFractions = new Map<string, string>();
  epochLastEnded: number;
  open: EpochWindow | undefined;
  #unsettled: ClosedEpoch[] = [];
  lastCommit: { readonly height: number; readonly nonce: number } | undefined;

  constructor(spec: TopicSpec, startHeight: number) {
    this.spec = spec;
    this.cap = spec.cap ?? DEFAULT_CAP;
    this.workers = new Set(spec.workers);
    this.reputers = new Set(spec.reputers);
    const first = spec.firstNonce ?? startHeight + 1;
    this.epochLastEnded = spec.epochLastEnded ?? spec.openNonce ?? first - spec.epochLength;
    if (spec.openNonce !== undefined) this.open = this.#window(spec.openNonce);
    for (const one of spec.standings ?? []) {
      this.emaScores.set(one.worker, { text: one.score ?? "0", nonce: one.nonce ?? 0 });
      this.inclusions.set(one.worker, one.inclusions ?? 0);
      if (one.rewardFraction !== undefined) {
        this.rewardFractions.set(one.worker, one.rewardFraction);
      }
    }
    for (const { nonce, worker, score } of spec.settled ?? []) {
      this.scores.set(nonce, [...this.scores.get(nonce) ?? [], { worker, text: score }]);
    }
    this.#restore(spec.inferences ?? []);
  }

  get id(): number {
    return this.spec.id;
  }

  get active(): boolean {
    return this.spec.active ?? true;
  }

  /** Height at which the next window opens. */
  get nextNonce(): number {
    return this.epochLastEnded + this.spec.epochLength;
  }

  score(worker: string): EmaScore {
    return this.emaScores.get(worker) ?? { text: "0", nonce: 0 };
  }

  permits(worker: string): boolean {
    return this.spec.workerWhitelist?.includes(worker) ?? true;
  }

  /** Opens and closes windows at the end of block `height`; mostly there is nothing to do. */
  endBlock(height: number, generation: number): Event[] {
    const events: Event[] = [];
    if (this.open !== undefined && height >= this.open.end) {
      events.push(...this.#close(this.open, height, generation));
    }
    if (this.active && height >= this.nextNonce) {
      this.epochLastEnded = height;
      this.open = this.#window(height);
      events.push(emissionsEvent(generation, "WorkerSubmissionWindowOpened", {
        topic_id: this.id,
        nonce_block_height: height,
        window_end_block: this.open.end,
      }));
    }
    return events;
  }

  /** Epochs that reputers settle at `height`. */
  dueEpochs(height: number): readonly ClosedEpoch[] {
    if (this.#unsettled.length === 0) return [];
    const due = this.#unsettled.filter((epoch) => epoch.due === height);
    if (due.length > 0) {
      this.#unsettled = this.#unsettled.filter(({ due }) => due !== undefined && due >= height);
    }
    return due;
  }

  #window(nonce: number): EpochWindow {
    return { nonce, end: nonce + this.spec.submissionWindow, labels: [], active: new Map() };
  }

  #close(window: EpochWindow, height: number, generation: number): Event[] {
    this.open = undefined;
    const epoch = this.#archive(window);
    if (epoch.submissions.length === 0) return []; // the chain is silent about windows nobody used
    this.lastCommit = { height, nonce: window.nonce };
    const about = { topic_id: this.id, nonce_block_height: window.nonce };
    return [
      ...(generation === 10
        ? [emissionsEvent(generation, "EpochLabelRegistryFrozen", {
          ...about,
          registry_size: epoch.labels.length,
        })]
        : []),
      emissionsEvent(generation, "ActiveInferersSet", {
        ...about,
        addresses: epoch.submissions.map(({ worker }) => worker),
      }),
      emissionsEvent(generation, "WorkerSubmissionWindowClosed", about),
      emissionsEvent(generation, "WorkerLastCommitSet", {
        topic_id: this.id,
        block_height: height,
        nonce: { block_height: window.nonce },
      }),
    ];
  }

  #archive(window: EpochWindow): ClosedEpoch {
    const submissions = [...window.active.values()].sort((a, b) => a.worker < b.worker ? -1 : 1);
    const labels = window.labels;
    const epoch: ClosedEpoch = {
      nonce: window.nonce,
      labels,
      submissions,
      network: networkInference(
        labels,
        submissions.map((one) => denseValues(this.spec, labels, one)),
      ),
      due: submissions.length > 0 ? window.end + this.spec.groundTruthLag : undefined,
      attempts: 0,
    };
    this.closed.set(window.nonce, epoch);
    if (epoch.due !== undefined) this.#unsettled.push(epoch);
    const oldest = this.closed.keys().next().value;
    if (this.closed.size > KEPT_EPOCHS && oldest !== undefined) {
      this.closed.delete(oldest);
      this.scores.delete(oldest);
    }
    return epoch;
  }

  #restore(inferences: readonly InferenceSpec[]): void {
    const windows = new Map<number, EpochWindow>();
    for (const given of inferences) {
      const open = this.open?.nonce === given.nonce ? this.open : undefined;
      const window = open ?? windows.get(given.nonce) ?? this.#window(given.nonce);
      if (open === undefined) windows.set(given.nonce, window);
      if (given.admitted === false) {
        this.emaScores.set(given.worker, { ...this.score(given.worker), nonce: given.nonce });
        continue;
      }
      const values = labelledValues(this.spec, given);
      if (window.labels.length === 0) window.labels = this.spec.labels ?? [];
      window.labels = [...new Set([...window.labels, ...values.keys()])];
      window.active.set(given.worker, {
        worker: given.worker,
        labels: window.labels,
        input: {
          topicId: BigInt(this.id),
          blockHeight: BigInt(given.nonce),
          inferer: given.worker,
          value: given.value,
          extraData: new Uint8Array(),
          proof: "",
          values: given.values ?? [],
        },
        values,
      });
    }
    for (const window of windows.values()) this.#archive(window);
  }
}

/** Inferer with the lowest EMA score among the active ones; undefined when there is none. */
export function lowestScore(topic: Topic, workers: Iterable<string>): string | undefined {
  return [...workers].sort((a, b) => Number(topic.score(a).text) - Number(topic.score(b).text))[0];
}
