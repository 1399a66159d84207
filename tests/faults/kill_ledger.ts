import { DatabaseSync } from "node:sqlite";
import type { WindowFacts } from "./block_tally.ts";

/** What the dead process left in its ledger; read from a copy, so that the next one recovers it alone. */
export class DeadLedger implements Disposable {
  readonly #dir: string;
  readonly #database: DatabaseSync;

  constructor(path: string) {
    this.#dir = Deno.makeTempDirSync({ prefix: "allora-ledger-" });
    for (const suffix of ["", "-wal"]) {
      try {
        Deno.copyFileSync(`${path}${suffix}`, `${this.#dir}/ledger.db${suffix}`);
      } catch (thrown) {
        if (!(thrown instanceof Deno.errors.NotFound)) throw thrown;
      }
    }
    this.#database = new DatabaseSync(`${this.#dir}/ledger.db`);
  }

  /** Whether a payload is signed and not known to be final. */
  isUnderWay(): boolean {
    return this.#has(
      "SELECT 1 FROM transactions WHERE kind = 'payload' AND state IN ('signed', 'sent')",
    );
  }

  /** Whether the window's submission is known to be in a block. */
  isConfirmed({ topicId, nonce }: WindowFacts): boolean {
    return this.#has(
      "SELECT 1 FROM submissions WHERE topic_id = ? AND nonce = ? AND state = 'confirmed'",
      ...[topicId, nonce],
    );
  }

  /** What is wrong with the file, and where it differs from the blocks; nothing when all is well. */
  complaints(windows: readonly WindowFacts[]): string[] {
    const found = this.#database.prepare("PRAGMA integrity_check").all()
      .map((row) => String(row["integrity_check"])).filter((text) => text !== "ok");
    const transactions = this.#database.prepare(
      "SELECT hash, state, topic_id, nonce FROM transactions WHERE kind = 'payload'",
    ).all();
    const states = new Map(transactions.map(({ hash, state }) => [hash, String(state)]));
    const codes = new Map(
      windows.flatMap(({ payloads }) => payloads.map(({ hash, code }) => [hash, code])),
    );
    for (const [hash, code] of codes) {
      const known = states.get(hash) ?? "unknown";
      const expected = code === 0 ? "confirmed" : "rejected";
      if (known !== expected) found.push(`${hash} is ${known}, a block has it with code ${code}`);
    }
    for (const [hash, state] of states) {
      if (state === "confirmed" && !codes.has(String(hash))) {
        found.push(`${hash} is confirmed, no block has it`);
      }
    }
    return found;
  }

  [Symbol.dispose](): void {
    this.#database.close();
    Deno.removeSync(this.#dir, { recursive: true });
  }

  #has(sql: string, ...values: number[]): boolean {
    try {
      return this.#database.prepare(sql).get(...values) !== undefined;
    } catch (thrown) {
      // Killed before the first visit made the tables.
      if (thrown instanceof Error && thrown.message.includes("no such table")) return false;
      throw thrown;
    }
  }
}
