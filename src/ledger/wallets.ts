import type { Database } from "../host/database.ts";

/** Which address a mnemonic has, so that a visit with nothing to sign need not derive keys. */
export function wallets(database: Database) {
  /** The address last seen for the mnemonic's fingerprint. */
  function addressOf(fingerprint: string): string | undefined {
    const row = database.get("SELECT address FROM wallets WHERE fingerprint = :fingerprint", {
      fingerprint,
    });
    return row && String(row["address"]);
  }

  function rememberAddress(fingerprint: string, address: string): void {
    database.run("INSERT OR REPLACE INTO wallets VALUES (:fingerprint, :address)", {
      fingerprint,
      address,
    });
  }

  return { addressOf, rememberAddress };
}
