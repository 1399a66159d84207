import type { Ledger } from "../ledger/ledger.ts";
import type { Submission } from "../ledger/submission.ts";

/** So many of a topic's newest windows are looked at. */
const LOOK_BACK = 10_000;

/** How a model did live, on the epochs that have come true. */
export interface LiveError {
  readonly epochs: number;
  /** Mean squared error, in the unit of the prediction; null without epochs. */
  readonly mse: number | null;
  /** The same over that of the zero forecast; null for targets that have none. */
  readonly mseRatio: number | null;
}

/** The topic's submissions by models of their own whose truth is known, oldest first. */
export function resolvedSubmissions(
  ledger: Pick<Ledger, "history">,
  topicId: bigint,
): readonly Submission[] {
  return ledger.history(topicId, LOOK_BACK).toReversed()
    .filter(({ realised, loss, fallback }) =>
      realised !== null && loss !== null && fallback === null
    );
}

/** What of them the model of this id said. */
export function liveErrorOf(resolved: readonly Submission[], id: string): LiveError {
  const own = resolved.filter(({ model }) => model.endsWith(` ${id}`));
  const sum = (of: (row: Submission) => number | null) =>
    own.reduce((total, row) => total + (of(row) ?? NaN), 0);
  const [loss, zero] = [sum((row) => row.loss), sum((row) => row.lossZero)];
  return {
    epochs: own.length,
    mse: own.length > 0 ? loss / own.length : null,
    mseRatio: zero > 0 ? loss / zero : null,
  };
}
