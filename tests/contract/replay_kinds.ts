import { at, type Recording, text, transactionsIn } from "../recordings/recording.ts";
import {
  replayAllowance,
  replayBlockEvents,
  replayGetTx,
  replayQuery,
  replayTransaction,
} from "./replay_calls.ts";
import { isRawCall, replayRawCall } from "./replay_raw.ts";
import {
  replayCommit,
  replayOutOfGas,
  replaySameBytes,
  replaySubmissionBlock,
  replayTwoInABlock,
} from "./replay_series.ts";
import { replayBoundaries, replayDecimals, replayFees } from "./replay_tables.ts";
import { replayEpoch, replayWebsocket } from "./replay_events.ts";

export interface ReplayKind {
  /** Whether the recording's own fields make it one of these. */
  readonly is: (recording: Recording) => boolean;
  /** `siblings`: the recordings beside it, for what it leaves out. Throws where the devnet differs. */
  readonly replay: (recording: Recording, siblings: readonly Recording[]) => Promise<void>;
}

const has = (...names: readonly string[]) => (recording: Recording) =>
  names.every((name) => at(recording, name) !== undefined);
const describes = (words: RegExp) => (recording: Recording) =>
  words.test(text(recording, "description"));
const both = (...tests: readonly ((recording: Recording) => boolean)[]) => (recording: Recording) =>
  tests.every((test) => test(recording));
/** A table whose first row has this field. */
const tabulates = (field: string) => (recording: Recording) =>
  at(recording, "rows", "0", field) !== undefined;
const answers = (...path: readonly string[]) => (recording: Recording) =>
  at(recording, "jsonrpc_response", "result", ...path) !== undefined;

/** The kinds of recording, the first that fits. */
const KINDS: readonly ReplayKind[] = [
  { is: has("abci_path", "request_hex", "abci_query_response"), replay: replayQuery },
  { is: both(has("abci_query_response"), describes(/GetTx/)), replay: replayGetTx },
  {
    is: both(has("abci_query_response"), describes(/feegrant Allowance/)),
    replay: replayAllowance,
  },
  { is: has("subscriptions", "messages"), replay: replayWebsocket },
  { is: has("first", "second", "tx_first", "tx_second"), replay: replayTwoInABlock },
  { is: has("first", "second_immediately", "tx_base64"), replay: replaySameBytes },
  { is: has("first", "retry_immediately", "retry_after_next_block"), replay: replayOutOfGas },
  {
    is: (recording) =>
      at(recording, "request") !== undefined && transactionsIn(recording).length > 0,
    replay: replayTransaction,
  },
  {
    is: both(has("emissions_events"), answers("finalize_block_events")),
    replay: replayBlockEvents,
  },
  { is: answers("finalize_block_events"), replay: replaySubmissionBlock },
  { is: answers("check_tx"), replay: replayCommit },
  { is: isRawCall, replay: replayRawCall },
  { is: tabulates("signed_predicted_canonical"), replay: replayDecimals },
  { is: tabulates("actual_offset"), replay: replayBoundaries },
  { is: tabulates("fee_offered"), replay: replayFees },
  { is: has("events", "nonce"), replay: replayEpoch },
];

export function kindOf(recording: Recording): ReplayKind | undefined {
  return KINDS.find(({ is }) => is(recording));
}

/** Why the devnet has nothing to say to a recording; undefined when it has. */
export function outOfScope(recording: Recording): string | undefined {
  if (at(recording, "http_status") !== undefined) return "REST, which the devnet does not speak";
  const generation = text(recording, "chain", "generation");
  if (!["emissions.v9", "emissions.v10"].includes(generation)) {
    return `${generation} is the client's to test: the devnet plays v9 and v10`;
  }
}
