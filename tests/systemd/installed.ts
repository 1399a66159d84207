import type { Devnet } from "../../src/devnet/start.ts";
import type { Machine } from "./machine.ts";

export const ETC = "/etc/allora-pipeline";
export const UNIT = "allora-pipeline";

/** The machine with the program on it, and the chain and the market outside. */
export interface Installed {
  readonly machine: Machine;
  readonly devnet: Devnet;
  readonly address: string;
  /** Transactions of the wallet that are in blocks. */
  sequence(): Promise<bigint>;
  /** The epochs of the ledger, oldest first. */
  epochs(): Promise<readonly Epoch[]>;
}

export interface Epoch {
  readonly topic_id: string;
  readonly nonce: number;
  readonly state: string;
  readonly tx_hash: string | null;
}

/** How the unit's last run ended. */
export async function resultOf(machine: Machine, unit: string): Promise<string> {
  const [result, status] = await Promise.all(
    ["Result", "ExecMainStatus"].map((name) => machine.show(`${UNIT}-${unit}`, name)),
  );
  return `${result} ${status}`;
}

export const isActive = async (machine: Machine, unit: string) =>
  (await machine.try(`systemctl is-active ${UNIT}${unit}`)).stdout.trim() === "active";
