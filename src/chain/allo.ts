/** 1 ALLO is 10^18 uallo (chain: app/params/config.go). */
const DECIMALS = 18;

/** An amount of uallo in ALLO, exact, without trailing zeros: 1500000000000000000n is "1.5". */
export function alloOf(uallo: bigint): string {
  const sign = uallo < 0n ? "-" : "";
  const digits = String(uallo).replace("-", "").padStart(DECIMALS + 1, "0");
  const fraction = digits.slice(-DECIMALS).replace(/0+$/, "");
  return `${sign}${digits.slice(0, -DECIMALS)}${fraction === "" ? "" : `.${fraction}`}`;
}
