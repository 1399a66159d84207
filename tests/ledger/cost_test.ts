import { assert, assertEquals } from "@std/assert";
import { Database, type Parameters } from "../../src/host/database.ts";
import { LEDGER_FILE } from "../../src/ledger/file.ts";
import { submissions } from "../../src/ledger/submissions.ts";
import { transactions } from "../../src/ledger/transactions.ts";
import { wallets } from "../../src/ledger/wallets.ts";
import { windows } from "../../src/ledger/windows.ts";
import { IN_BLOCK, KEY, NONCE, planFor, signedFor, withLedger, WORKER } from "./fixture.ts";

/** A database that remembers every statement it was given. */
class Watched extends Database {
  readonly statements = new Set<string>();

  override get(sql: string, parameters?: Parameters) {
    this.statements.add(sql);
    return super.get(sql, parameters);
  }

  override all(sql: string, parameters?: Parameters) {
    this.statements.add(sql);
    return super.all(sql, parameters);
  }

  override run(sql: string, parameters?: Parameters) {
    this.statements.add(sql);
    return super.run(sql, parameters);
  }
}

/** What submitting, confirming, proving and looking back call, each function at least once. */
function visitOnce(database: Database): void {
  let nowMs = 1_700_000_000_000;
  const ledger = {
    ...submissions(database, () => nowMs),
    ...transactions(database, () => nowMs),
    ...windows(database, () => nowMs),
    ...wallets(database),
  };
  const seen = { topicId: 1n, headMs: nowMs, nonce: NONCE, closes: 1320n, nextOpens: 1440n };
  for (const blocks of [0, 50, 100]) {
    nowMs += 250_000;
    ledger.recordWindow({ ...seen, seenHeight: 675n + BigInt(blocks), seenMs: nowMs });
  }
  ledger.rememberAddress("00aa", WORKER);
  ledger.addressOf("00aa");
  const { windowOpens, windowCloses } = planFor();
  ledger.refuse({ ...KEY, windowOpens, windowCloses, model: "m", value: "NaN", reason: "NaN" });
  ledger.plan(planFor());
  ledger.recordSigned(signedFor());
  ledger.markSent(signedFor().hash);
  ledger.pendingTransactions(WORKER);
  ledger.feesCommitted(nowMs - 86_400_000);
  ledger.confirm(signedFor().hash, IN_BLOCK);
  ledger.transactionsOf(KEY);
  ledger.nothingDueUntilMs(1n, WORKER);
  ledger.unsettled(WORKER);
  ledger.settle(KEY, { included: true }, { isFinal: true });
  ledger.closeWindow(KEY, "proven");
  ledger.closedWindows(1n, WORKER, 24);
  ledger.submission(1n, NONCE, WORKER);
  ledger.history(1n, 24);
  const other = { ...KEY, nonce: 1440n };
  ledger.plan(planFor(other));
  ledger.resolve(other, "expired", "its window closed");
}

/** These hold what is under way, a handful of rows however old the ledger is, and are read whole. */
const SMALL = /USING (COVERING )?INDEX (transactions_pending|submissions_unsettled)$/;

Deno.test("no statement of a visit goes through a whole table", () => {
  using database = new Watched(":memory:", LEDGER_FILE);
  database.migrate(LEDGER_FILE.migrations);
  database.statements.clear();
  visitOnce(database);
  const statements = [...database.statements];
  assert(statements.length >= 20, `${statements.length} statements were seen`);
  const wrong = statements.flatMap((sql) =>
    database.all(`EXPLAIN QUERY PLAN ${sql}`).map(({ detail }) => String(detail))
      .filter((detail) => /^SCAN (?!CONSTANT ROW)/.test(detail) && !SMALL.test(detail))
      .map((detail) => `${detail}: ${sql}`)
  );
  assertEquals(wrong, []);
});

Deno.test("what is under way is found by an index that holds nothing else", () => {
  using database = new Watched(":memory:", LEDGER_FILE);
  database.migrate(LEDGER_FILE.migrations);
  database.statements.clear();
  visitOnce(database);
  const uses = (part: string) =>
    [...database.statements].filter((sql) => sql.includes(part)).map((sql) =>
      database.all(`EXPLAIN QUERY PLAN ${sql}`).map(({ detail }) => detail).join("; ")
    );
  const plans: readonly (readonly [statement: string, index: string])[] = [
    ["AND hash <> :hash", "transactions_pending (worker=?)"],
    [
      "settled_ms IS NULL\n         AND state <> 'refused' ORDER BY",
      "submissions_unsettled (worker=?)",
    ],
    ["SELECT 1 WHERE", "transactions_pending (worker=?)"],
    ["updated_ms >= :sinceMs", "COVERING INDEX transactions_paid (updated_ms>?)"],
    ["SELECT fee_uallo AS fee", "transactions_pending"],
  ];
  for (const [statement, index] of plans) {
    const found = uses(statement);
    assertEquals(found.length, 1, statement);
    assert(found[0]?.includes(index), `${statement}: ${found[0]}`);
  }
});

Deno.test("feesSince() counts what was paid, feesCommitted() also what may yet be", () => {
  withLedger((ledger, clock) => {
    const at = (nonce: bigint) => signedFor({ ...KEY, nonce });
    const paid = IN_BLOCK.feePaidUallo;
    for (const nonce of [720n, 1440n, 2160n, 2880n, 3600n]) {
      ledger.plan(planFor({ ...KEY, nonce }));
      ledger.recordSigned(at(nonce));
    }
    const offer = at(720n).feeUallo;
    assertEquals([ledger.feesSince(0), ledger.feesCommitted(0)], [0n, 5n * offer]);
    ledger.confirm(at(720n).hash, IN_BLOCK);
    clock.nowMs += 1000;
    ledger.reject(at(1440n).hash, { code: 11, codespace: "sdk", log: "out of gas" }, IN_BLOCK);
    ledger.reject(at(2160n).hash, { code: 13, codespace: "sdk", log: "insufficient fee" });
    ledger.expire(at(2880n).hash);
    ledger.markSent(at(3600n).hash);
    assertEquals([ledger.feesSince(0), ledger.feesCommitted(0)], [2n * paid, 2n * paid + offer]);
    const soon = clock.nowMs;
    assertEquals([ledger.feesSince(soon), ledger.feesCommitted(soon)], [paid, paid + offer]);
    assertEquals(ledger.feesCommitted(soon + 1), offer);
  });
});
