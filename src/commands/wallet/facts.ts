import { alloOf } from "../../chain/allo.ts";

/** As wide as the longest label of the verbs, so that parts printed one after another line up. */
const WIDTH = 18;

/** "label             value" lines. */
export function facts(rows: readonly (readonly [label: string, value: string])[]): string {
  return rows.map(([label, value]) => `${label.padEnd(WIDTH)}${value}\n`).join("");
}

/** An amount for a person: ALLO, and the uallo that the chain counts in. */
export function amount(uallo: bigint): string {
  return `${alloOf(uallo)} ALLO (${uallo} uallo)`;
}
