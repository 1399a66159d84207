import { DatabaseSync } from "node:sqlite";
import { openLedger } from "../../src/ledger/ledger.ts";
import type { SubmissionKey } from "../../src/ledger/submission.ts";
import { IN_BLOCK, planFor, signedFor, WORKER } from "../ledger/fixture.ts";

const ROWS = 1_000_000;
const TOPICS = 100;
const DAY_MS = 86_400_000;
/** A hundred topics with an epoch of an hour each. */
const EVERY_MS = 36_000;
const NOW_MS = 1_700_000_000_000;
const VISITS = 31;

type Ledger = ReturnType<typeof openLedger>;

/** What a visit asks of the ledger and writes there, part by part. */
const PARTS: Readonly<Record<string, (ledger: Ledger, key: SubmissionKey) => void>> = {
  "nothing due": (ledger, { topicId }) => {
    ledger.addressOf("00aa");
    ledger.nothingDueUntilMs(topicId, WORKER);
  },
  "reads of a submitting visit": (ledger, { topicId, nonce }) => {
    ledger.pendingTransactions(WORKER);
    ledger.unsettled(WORKER);
    ledger.submission(topicId, nonce, WORKER);
    ledger.transactionsOf({ topicId, nonce, worker: WORKER });
    ledger.feesCommitted(NOW_MS - DAY_MS);
    ledger.closedWindows(topicId, WORKER, 24);
    ledger.history(topicId, 24);
  },
  "its writes, each fsynced": (ledger, key) => {
    const signed = signedFor(key);
    ledger.plan(planFor(key));
    ledger.recordSigned(signed);
    ledger.markSent(signed.hash);
    ledger.confirm(signed.hash, IN_BLOCK);
    ledger.closeWindow(key, "proven");
    ledger.settle(key, { included: true }, { isFinal: true });
  },
};

/**
 * A table: the milliseconds of one visit's ledger calls (median) in an empty ledger, in one of a day,
 * whose fees there are to add up, and in one of a million submissions; the ratio is of the last two.
 */
export function ledgerCosts(dir: string): string[][] {
  const empty = medians(`${dir}/empty.db`, 0);
  const day = medians(`${dir}/day.db`, DAY_MS / EVERY_MS);
  const million = medians(`${dir}/million.db`, ROWS);
  return [
    [
      `one visit's ledger calls, median of ${VISITS}`,
      ...["empty ms", "one day ms", "10^6 rows ms", "ratio", "goal"],
    ],
    ...Object.keys(PARTS).map((part) => {
      const costs = [empty[part]!, day[part]!, million[part]!] as const;
      const ratio = `${(costs[2] / costs[1]).toFixed(2)}×`;
      return [part, ...costs.map((cost) => cost.toFixed(3)), ratio, "≤ 2×"];
    }),
  ];
}

function medians(path: string, rows: number): Readonly<Record<string, number>> {
  openLedger(path, { nowMs: () => NOW_MS })[Symbol.dispose]();
  fill(path, rows);
  using ledger = openLedger(path, { nowMs: () => NOW_MS });
  const times = Object.keys(PARTS).map((part) => [part, [] as number[]] as const);
  for (let visit = 0; visit <= VISITS; visit++) {
    const key = { topicId: 7n, nonce: BigInt((ROWS + visit) * 720), worker: WORKER };
    for (const [part, taken] of times) {
      const start = performance.now();
      PARTS[part]!(ledger, key);
      // The first visit prepares the statements and warms the cache.
      if (visit > 0) taken.push(performance.now() - start);
    }
  }
  return Object.fromEntries(
    times.map(([part, taken]) => [part, taken.sort((a, b) => a - b)[VISITS >> 1]!]),
  );
}

/** The last `rows` windows of all topics, up to NOW_MS, in one transaction. */
function fill(path: string, rows: number): void {
  using sqlite = new DatabaseSync(path);
  sqlite.exec(`PRAGMA cache_size = -500000; BEGIN;
    CREATE TEMP VIEW past AS WITH RECURSIVE n (i) AS
      (SELECT 0 WHERE ${rows} > 0 UNION ALL SELECT i + 1 FROM n WHERE i < ${rows} - 1)
      SELECT i % ${TOPICS} + 1 AS topic, (i / ${TOPICS} + 1) * 720 AS nonce,
        ${NOW_MS} - (${rows} - i) * ${EVERY_MS} AS ms, i FROM n;
    INSERT INTO submissions (topic_id, nonce, worker, value, low, high, low80, high80, sigma,
        base_price, base_ms, model, state, window_opens, window_closes, created_ms, updated_ms,
        included, score, network_value, realised, loss, loss_zero, settled_ms)
      SELECT topic, nonce, '${WORKER}', '0.0125', -0.02, 0.04, -0.01, 0.03, 0.015, 64000.5, ms,
        'ridge-1a2b', 'confirmed', nonce + 1, nonce + 600, ms, ms, 1, '-0.3', '0.011', 0.01, 6.25e-6,
        1e-4, ms FROM past;
    INSERT INTO transactions (kind, topic_id, nonce, worker, bytes, hash, sequence, account_number,
        fee_uallo, gas_limit, timeout_height, state, height, gas_used, fee_paid_uallo, created_ms,
        updated_ms)
      SELECT 'payload', topic, nonce, '${WORKER}', zeroblob(500),
        printf('%016X', i * 2654435761 % 4294967296) || printf('%048X', i), i, 7, '75000000000000',
        205000, nonce + 600, 'confirmed', nonce + 5, 161024, '70000000000001', ms, ms FROM past;
    INSERT INTO closed_windows SELECT topic, nonce, '${WORKER}', 'proven', NULL, ms FROM past;
    COMMIT; PRAGMA wal_checkpoint(TRUNCATE);`);
}
