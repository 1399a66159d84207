import { messageOf, PipelineError } from "../errors.ts";
import type { EventName } from "../events.ts";
import type { Host } from "../host/host.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { CandleStore } from "../market/store.ts";
import type { Settings } from "../settings.ts";

/** Writes one fact down: an event of events.ts with its values. */
export type Tell = (event: EventName, fields?: Readonly<Record<string, unknown>>) => void;

/** What every step of a visit works with; made by the command, the same for all topics. */
export interface Run {
  readonly settings: Settings;
  readonly host: Host;
  readonly ledger: Ledger;
  /** Version and commit of the program, for what it makes to be traced to. */
  readonly version: string;
  /** Opened when the first candle is needed. */
  readonly candles: () => CandleStore;
  readonly tell: Tell;
  /** Reads the wallet's secret; asked for only when something is to be signed. */
  readonly mnemonic: () => Promise<string>;
  /** Aborted at the visit's deadline, or when the process is told to stop. */
  readonly signal: AbortSignal;
  /** When the visit's time is up, wall clock; undefined when it has no end of its own. */
  readonly untilMs?: number;
  /** When aborted, no submission is waited for any more: the next visit, which is wanted, looks it up. */
  readonly hurry?: AbortSignal;
  /** How long to wait between two questions about the same thing, milliseconds. */
  readonly pollMs: number;
  /**
   * Lets others on the machine go first from then on; only where the process ends after the visit, since
   * nothing takes it back. The daemon must go on at its own: there the unit's Nice= and CPUWeight= decide.
   */
  readonly lowerPriority?: () => void;
  /** Sign and simulate, but write nothing down and send nothing. */
  readonly dryRun: boolean;
}

/** Whether nothing more is to be begun: out of time, told to stop, or another visit is wanted. */
export function isOver({ signal, hurry }: Run): boolean {
  return signal.aborted || hurry?.aborted === true;
}

/**
 * Anything that a step threw, as an error that a person can act on: once the visit's time is up, or the
 * process was told to stop, whatever failed did so because of that, and the next visit goes on from there.
 */
export function failureOf(run: Pick<Run, "signal">, thrown: unknown): PipelineError {
  if (run.signal.aborted) {
    return new PipelineError("retry", `Cannot finish the visit: ${messageOf(run.signal.reason)}`, {
      cause: thrown,
      hint: "the next visit looks up what is under way before anything new",
    });
  }
  return errorOf(thrown);
}

/**
 * Writes to the ledger what no submission rests on. What keeps it from being written is an event, and
 * returned: the work that it comes after stands.
 */
export function record(
  { tell }: Pick<Run, "tell">,
  write: () => void,
): PipelineError | undefined {
  try {
    write();
    return undefined;
  } catch (thrown) {
    const failure = errorOf(thrown);
    tell("run.unrecorded", { error: failure.message, hint: failure.hint });
    return failure;
  }
}

function errorOf(thrown: unknown): PipelineError {
  if (thrown instanceof PipelineError) return thrown;
  return new PipelineError("internal", messageOf(thrown), { cause: thrown });
}
