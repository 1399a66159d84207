/** What a topic's workers predict and its reputers measure. */
export interface TopicTarget {
  readonly kind: "log-return" | "price" | "volatility" | "labels";
  readonly pair: string;
  readonly horizonMs: number;
}

/** A topic as the devnet starts with it. Lengths and heights in blocks; decimals as text. */
export interface TopicSpec {
  readonly id: number;
  readonly metadata: string;
  readonly lossMethod: string;
  readonly epochLength: number;
  readonly submissionWindow: number;
  readonly groundTruthLag: number;
  readonly arity: "single" | "multi";
  readonly creator?: string;
  /** Active inferers at most; default 32. */
  readonly cap?: number;
  /** Only these may submit; absent: anybody registered. */
  readonly workerWhitelist?: readonly string[];
  readonly requireUnity?: boolean;
  readonly unityTolerance?: string;
  readonly labelWhitelist?: readonly string[];
  readonly maxLabels?: number;
  readonly labelDefault?: string;
  readonly labelCaseSensitive?: boolean;
  readonly allowNegative?: boolean;
  /** Height of the first nonce when none was before; default: the first block. */
  readonly firstNonce?: number;
  readonly epochLastEnded?: number;
  /** Nonce whose window is open at the start. */
  readonly openNonce?: number;
  readonly workers?: readonly string[];
  readonly reputers?: readonly string[];
  readonly active?: boolean;
  readonly target?: TopicTarget;
  /** What inferers have behind them at the start. */
  readonly standings?: readonly StandingSpec[];
  /** Scores of epochs settled before the start, oldest first. */
  readonly settled?: readonly {
    readonly nonce: number;
    readonly worker: string;
    readonly score: string;
  }[];
  /** Inferences that the open window, or a closed one, already holds. */
  readonly inferences?: readonly InferenceSpec[];
  /** Labels that an epoch of these inferences knows beside their own, in order. */
  readonly labels?: readonly string[];
  /** What GetTopic answers beside the topic; text because nobody computes with it here. */
  readonly weight?: string;
  readonly effectiveRevenue?: string;
  readonly topicStake?: string;
}

/** An inferer's record in a topic; scores and fractions are decimal text. */
export interface StandingSpec {
  readonly worker: string;
  /** EMA score; default 0. */
  readonly score?: string;
  /** Nonce at which the EMA score last changed; default 0, never. */
  readonly nonce?: number;
  readonly inclusions?: number;
  readonly rewardFraction?: string;
}

export interface InferenceSpec {
  readonly nonce: number;
  readonly worker: string;
  readonly value: string;
  readonly values?: readonly { readonly label: string; readonly value: string }[];
  /** Whether the active set took it; default true. */
  readonly admitted?: boolean;
}

export interface AccountSpec {
  readonly address: string;
  readonly number: number;
  readonly sequence: number;
  readonly balanceUallo: string;
  readonly pubkeyHex?: string;
}

export interface AllowanceSpec {
  readonly granter: string;
  readonly grantee: string;
  /** Absent: no limit. */
  readonly spendLimitUallo?: string;
}

/** What reputers will find true of a nonce; undefined while nobody can know. */
export type Truth = (topic: TopicSpec, nonceMs: number) => { readonly value: number } | undefined;

export interface ChainOptions {
  readonly chainId: string;
  readonly generation: 9 | 10;
  /** Chain time per block. */
  readonly blockMs: number;
  /** Chain time of the start height, epoch milliseconds. */
  readonly startMs: number;
  readonly startHeight: number;
  readonly topics: readonly TopicSpec[];
  readonly accounts: readonly AccountSpec[];
  /** uallo per gas, decimal text; default 10. It is where the price starts and its floor is 10. */
  readonly gasPrice?: string;
  /** uallo; default 200. */
  readonly registrationFee?: string;
  /** uallo; default 10. */
  readonly dataFee?: string;
  readonly allowances?: readonly AllowanceSpec[];
  readonly truth?: Truth;
}

export interface EventAttribute {
  readonly key: string;
  readonly value: string;
  readonly index: boolean;
}

export interface Event {
  readonly type: string;
  readonly attributes: readonly EventAttribute[];
}

export interface TxResult {
  readonly code: number;
  readonly codespace: string;
  readonly log: string;
  readonly data: Uint8Array;
  readonly gasWanted: number;
  readonly gasUsed: number;
  readonly events: readonly Event[];
}

export interface Block {
  readonly height: number;
  readonly timeMs: number;
  /** Upper-case hex. */
  readonly hash: string;
  readonly txs: readonly Uint8Array[];
  readonly results: readonly TxResult[];
  /** finalize_block_events: what begins and ends the block, not its transactions. */
  readonly events: readonly Event[];
}

export type CheckResult =
  | {
    readonly kind: "result";
    readonly code: number;
    readonly codespace: string;
    readonly log: string;
    readonly data: Uint8Array;
    /** Upper-case hex of the transaction's SHA-256. */
    readonly hash: string;
    readonly gasWanted: number;
    readonly gasUsed: number;
    readonly events: readonly Event[];
  }
  | {
    readonly kind: "error";
    readonly code: number;
    readonly message: string;
    readonly data: string;
  };

export interface AbciResponse {
  readonly code: number;
  readonly codespace: string;
  readonly log: string;
  /** undefined with every error. */
  readonly value: Uint8Array | undefined;
  readonly height: number;
}

export interface IncludedTx {
  readonly hash: string;
  readonly height: number;
  readonly index: number;
  readonly tx: Uint8Array;
  readonly result: TxResult;
}
