/** 18 decimals: LegacyDec as an integer. */
const SCALE = 10n ** 18n;
/** uallo per gas; the floor of testnet. */
const MIN_BASE_PRICE = 10n * SCALE;
const LEARNING_RATE = SCALE / 8n;
/** Gas per block; the target is half of it. */
export const MAX_BLOCK_UTILISATION = 30_000_000;

/** Parameters as the node answers them (skip-mev/feemarket, AIMD with alpha, gamma, delta 0). */
export const FEE_MARKET_PARAMS = {
  alpha: "0",
  beta: SCALE.toString(),
  gamma: "0",
  delta: "0",
  minBaseGasPrice: MIN_BASE_PRICE.toString(),
  minLearningRate: LEARNING_RATE.toString(),
  maxLearningRate: LEARNING_RATE.toString(),
  maxBlockUtilization: MAX_BLOCK_UTILISATION,
  window: 1,
  feeDenom: "uallo",
  enabled: true,
  distributeFees: true,
};

/**
 * The base gas price: after each block
 * price · (1 + learning rate · (gas of the block − target) / target), at least the minimum
 * (EIP-1559; skip-mev/feemarket x/feemarket/types/state.go).
 */
export class FeeMarket {
  #price: bigint;
  #used = 0;

  /** `price`: uallo per gas as decimal text. */
  constructor(price = "10") {
    const [whole = "0", fraction = ""] = price.split(".");
    this.#price = BigInt(whole + fraction.slice(0, 18).padEnd(18, "0"));
  }

  /** uallo per gas times 1e18. */
  get scaledPrice(): bigint {
    return this.#price;
  }

  get learningRate(): bigint {
    return LEARNING_RATE;
  }

  /** uallo per gas with 18 decimals. */
  get priceText(): string {
    return `${this.#price / SCALE}.${(this.#price % SCALE).toString().padStart(18, "0")}`;
  }

  /** uallo for so much gas, rounded up. */
  feeFor(gas: number): bigint {
    return (this.#price * BigInt(gas) + SCALE - 1n) / SCALE;
  }

  /** Counts a transaction's gas; false when the block has no room for it. */
  use(gas: number): boolean {
    if (this.#used + gas > MAX_BLOCK_UTILISATION) return false;
    this.#used += gas;
    return true;
  }

  /** Leaves the block no room. */
  fill(): void {
    this.#used = MAX_BLOCK_UTILISATION;
  }

  endBlock(): void {
    if (this.#used === 0 && this.#price === MIN_BASE_PRICE) return;
    const target = BigInt(MAX_BLOCK_UTILISATION / 2);
    const change = LEARNING_RATE * (BigInt(this.#used) - target) / target;
    const moved = this.#price * (SCALE + change) / SCALE;
    this.#price = moved < MIN_BASE_PRICE ? MIN_BASE_PRICE : moved;
    this.#used = 0;
  }
}
