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

  /** Every address that was seen; the one that submitted last comes first. */
  function workers(): readonly string[] {
    const rows = database.all("SELECT DISTINCT address FROM wallets");
    const addresses = rows.map(({ address }) => String(address));
    if (addresses.length < 2) return addresses;
    const lastMs = (address: string) =>
      Number(
        database.get("SELECT max(created_ms) AS ms FROM submissions WHERE worker = :address", {
          address,
        })?.["ms"] ?? 0,
      );
    return addresses.map((address) => ({ address, ms: lastMs(address) }))
      .sort((a, b) => b.ms - a.ms).map(({ address }) => address);
  }

  return { workers, addressOf, rememberAddress };
}
