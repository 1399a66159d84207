/**
 * Simulation skips the signature and the fee market's own writes: it comes out 26,193 to 30,338 gas
 * short whatever the message (a_gas_simulated_versus_used), and 220 more without a fee coin. A
 * percentage would fall short on small transactions and waste fee on large ones.
 */
const SIMULATION_SHORTFALL = 45_000n;

/** Gas prices are integers in this many parts of one uallo. */
const PRICE_SCALE = 10n ** 18n;

/** Gas to ask for, from the gas that a simulation used. */
export function gasLimitFor(simulated: bigint): bigint {
  return simulated + SIMULATION_SHORTFALL;
}

/**
 * Fee in uallo for `gasLimit` at `gasPrice` (1e-18 uallo per gas) times `margin`, rounded up as the
 * chain rounds its requirement. All of it is taken, so the margin covers the price's next move only.
 */
export function feeFor(gasLimit: bigint, gasPrice: bigint, margin: number): bigint {
  const millionths = BigInt(Math.round(margin * 1e6));
  const scale = PRICE_SCALE * 1_000_000n;
  return (gasLimit * gasPrice * millionths + scale - 1n) / scale;
}
