import { alloOf } from "../chain/allo.ts";

/** Six decimals, the rest dropped. */
export function shortAllo(uallo: bigint): string {
  const [whole, fraction = ""] = alloOf(uallo).split(".");
  return `${whole}.${fraction.slice(0, 6).padEnd(6, "0")}`;
}
