import { SDK } from "./chain_error.ts";

/**
 * What a step costs and where the store would say it ran out. The sums are those of the recorded
 * node: 10 a byte; fee check at 30,503; ante done at 53,893; post handler 44,474 more.
 */
export type Charge = readonly [gas: number, location: string];

export const GAS = {
  setUp: [[1000, "ReadFlat"]],
  perByte: 10,
  /** Up to the signature check. */
  accountReads: [[13_796, "ReadFlat"]],
  sequenceWrite: [[2000, "WriteFlat"], [4400, "WritePerByte"]],
  feeRead: [[9307, "ReadFlat"]],
  feeEscrow: [[8000, "ReadPerByte"], [9000, "WriteFlat"], [6390, "WritePerByte"]],
  /** Before the post handler computes the fee from the gas consumed so far. */
  postFee: [[3743, "ReadFlat"], [1481, "ReadPerByte"]],
  postTransfer: [[20_000, "ReadFlat"], [6462, "WriteFlat"], [12_788, "WritePerByte"]],
} as const satisfies Record<string, readonly Charge[] | number>;

/** Gas that a simulation does not see: the fee's transfers happen with empty coins. */
export const SIMULATION_SHORTFALL = 26_193;

/** Counts gas and throws SDK.outOfGas where the limit is crossed. */
export class GasMeter {
  readonly limit: number;
  consumed = 0;

  constructor(limit: number) {
    this.limit = limit;
  }

  charge(charges: readonly Charge[]): void {
    for (const [gas, location] of charges) this.consume(gas, location);
  }

  consume(gas: number, location: string): void {
    this.consumed += gas;
    if (this.consumed <= this.limit) return;
    throw SDK.outOfGas.wrap(
      `out of gas in location: ${location}; gasWanted: ${this.limit}, gasUsed: ${this.consumed}`,
    );
  }
}
