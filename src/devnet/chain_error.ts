/**
 * An error as the chain reports it: a codespace, a code and a log text that clients match on.
 * Wrapping puts a context in front, as `errorsmod.Wrap` does: "context: description".
 */
export class ChainError extends Error {
  readonly codespace: string;
  readonly code: number;
  /** Go source position that a simulation's error names; the default is the base application. */
  readonly source: string | undefined;

  constructor(codespace: string, code: number, message: string, source?: string) {
    super(message);
    this.name = "ChainError";
    this.codespace = codespace;
    this.code = code;
    this.source = source;
  }

  /** The same error with `context` in front of its text. */
  wrap(context: string, source: string | undefined = this.source): ChainError {
    return new ChainError(this.codespace, this.code, `${context}: ${this.message}`, source);
  }
}

/** Registered errors of the Cosmos SDK (types/errors/errors.go), by what they mean. */
export const SDK = {
  txDecode: new ChainError("sdk", 2, "tx parse error"),
  unauthorized: new ChainError("sdk", 4, "unauthorized"),
  insufficientFunds: new ChainError("sdk", 5, "insufficient funds"),
  unknownRequest: new ChainError("sdk", 6, "unknown request"),
  invalidAddress: new ChainError("sdk", 7, "invalid address"),
  invalidPubKey: new ChainError("sdk", 8, "invalid pubkey"),
  unknownAddress: new ChainError("sdk", 9, "unknown address"),
  invalidCoins: new ChainError("sdk", 10, "invalid coins"),
  outOfGas: new ChainError("sdk", 11, "out of gas"),
  memoTooLarge: new ChainError("sdk", 12, "memo too large"),
  insufficientFee: new ChainError("sdk", 13, "insufficient fee"),
  noSignatures: new ChainError("sdk", 15, "no signatures supplied"),
  invalidRequest: new ChainError("sdk", 18, "invalid request"),
  keyNotFound: new ChainError("sdk", 22, "key not found"),
  invalidHeight: new ChainError("sdk", 26, "invalid height"),
  invalidType: new ChainError("sdk", 29, "invalid type"),
  txTimeout: new ChainError("sdk", 30, "tx timeout height"),
  wrongSequence: new ChainError("sdk", 32, "incorrect account sequence"),
  notFound: new ChainError("sdk", 38, "not found"),
  invalidGasLimit: new ChainError("sdk", 41, "invalid gas limit"),
  panic: new ChainError("undefined", 111222, "panic"),
} as const;

/** Registered errors of the fee market (skip-mev/feemarket types/errors.go). */
export const FEE_MARKET = {
  noFeeCoins: new ChainError("feemarket", 1, "no fee coin provided. Must provide one."),
  tooManyFeeCoins: new ChainError(
    "feemarket",
    2,
    "too many fee coins provided. Only one fee coin may be provided",
  ),
} as const;

/** Registered errors of the emissions module (x/emissions/types/errors.go). */
export const EMISSIONS = {
  invalidTopicId: new ChainError("emissions", 6, "invalid topic ID"),
  alreadyRegistered: new ChainError("emissions", 8, "address already registered in a topic"),
  notRegistered: new ChainError("emissions", 13, "address not registered"),
  topicMissing: new ChainError("emissions", 23, "topic does not exist"),
  payloadTooLarge: new ChainError("emissions", 53, "query too large"),
  workerWindowClosed: new ChainError("emissions", 67, "worker nonce window not available"),
  reputerWindowClosed: new ChainError("emissions", 68, "reputer nonce window not available"),
  nonceNotFound: new ChainError("emissions", 75, "unfulfilled nonce not found"),
  emaOncePerWindow: new ChainError(
    "emissions",
    78,
    "cannot update EMA more than once per window",
  ),
  notPermitted: new ChainError("emissions", 83, "not permitted to submit worker payload"),
  reputerNotPermitted: new ChainError("emissions", 84, "not permitted to submit reputer payload"),
  invalidLabel: new ChainError("emissions", 95, "invalid label name"),
  labelNotListed: new ChainError("emissions", 97, "label is not in the topic's label whitelist"),
  tooManyLabels: new ChainError("emissions", 98, "too many labels per submission"),
} as const;

/** An error without a registered code: every node reports it as ("undefined", 1). */
export function unregistered(message: string): ChainError {
  return new ChainError("undefined", 1, message);
}
