/**
 * The ledger's tables. Heights and topic ids are INTEGER, amounts of uallo decimal TEXT (mainnet's
 * pass 2^53 and sums pass 2^63), times epoch milliseconds. Step i leads from version i to i + 1.
 */
export const MIGRATIONS: readonly string[] = [
  `
CREATE TABLE submissions (
  topic_id      INTEGER NOT NULL,
  nonce         INTEGER NOT NULL,
  worker        TEXT NOT NULL,
  value         TEXT NOT NULL,
  labels        TEXT CHECK (json_valid(labels)),
  low           REAL,
  high          REAL,
  low80         REAL,
  high80        REAL,
  sigma         REAL,
  base_price    REAL,
  base_ms       INTEGER,
  model         TEXT NOT NULL,
  state         TEXT NOT NULL CHECK (state IN
                ('refused', 'planned', 'signed', 'sent', 'confirmed', 'rejected', 'expired')),
  reason        TEXT,
  window_opens  INTEGER NOT NULL,
  window_closes INTEGER NOT NULL,
  created_ms    INTEGER NOT NULL,
  updated_ms    INTEGER NOT NULL,
  included      INTEGER CHECK (included IN (0, 1)),
  score         TEXT,
  network_value TEXT,
  realised      REAL,
  loss          REAL,
  loss_zero     REAL,
  settled_ms    INTEGER,
  PRIMARY KEY (topic_id, nonce, worker)
) STRICT, WITHOUT ROWID;
CREATE INDEX submissions_unsettled ON submissions (worker) WHERE settled_ms IS NULL;

CREATE TABLE transactions (
  id             INTEGER PRIMARY KEY,
  kind           TEXT NOT NULL CHECK (kind IN ('payload', 'register')),
  topic_id       INTEGER NOT NULL,
  nonce          INTEGER NOT NULL,
  worker         TEXT NOT NULL,
  bytes          BLOB NOT NULL,
  hash           TEXT NOT NULL UNIQUE,
  sequence       INTEGER NOT NULL,
  account_number INTEGER NOT NULL,
  fee_uallo      TEXT NOT NULL,
  gas_limit      INTEGER NOT NULL,
  timeout_height INTEGER NOT NULL,
  state          TEXT NOT NULL CHECK (state IN
                 ('signed', 'sent', 'confirmed', 'rejected', 'expired')),
  code           INTEGER,
  codespace      TEXT,
  log            TEXT,
  height         INTEGER,
  gas_used       INTEGER,
  fee_paid_uallo TEXT,
  created_ms     INTEGER NOT NULL,
  updated_ms     INTEGER NOT NULL
) STRICT;
CREATE INDEX transactions_of_submission ON transactions (topic_id, nonce, worker);
CREATE INDEX transactions_pending ON transactions (worker) WHERE state IN ('signed', 'sent');

CREATE TABLE windows (
  topic_id    INTEGER PRIMARY KEY,
  seen_height INTEGER NOT NULL,
  seen_ms     INTEGER NOT NULL,
  head_ms     INTEGER NOT NULL,
  pace_from_height INTEGER NOT NULL,
  pace_from_ms     INTEGER NOT NULL,
  pace_ms          REAL,
  paces            INTEGER NOT NULL,
  nonce       INTEGER,
  closes      INTEGER,
  next_opens  INTEGER NOT NULL
) STRICT;

CREATE TABLE closed_windows (
  topic_id  INTEGER NOT NULL,
  nonce     INTEGER NOT NULL,
  worker    TEXT NOT NULL,
  outcome   TEXT NOT NULL CHECK (outcome IN ('proven', 'missed')),
  reason    TEXT,
  closed_ms INTEGER NOT NULL,
  PRIMARY KEY (topic_id, nonce, worker)
) STRICT, WITHOUT ROWID;

CREATE TABLE wallets (
  fingerprint TEXT PRIMARY KEY,
  address     TEXT NOT NULL
) STRICT, WITHOUT ROWID;
`,
  `
ALTER TABLE submissions ADD COLUMN fallback TEXT CHECK (fallback IN ('older-candles', 'mean'));
ALTER TABLE submissions ADD COLUMN ema_score TEXT;
ALTER TABLE submissions ADD COLUMN reward_uallo TEXT;
CREATE INDEX transactions_in_blocks ON transactions (worker, sequence)
  WHERE state = 'confirmed' OR fee_paid_uallo <> '0';
CREATE INDEX transactions_given_up ON transactions (worker, sequence)
  WHERE state IN ('rejected', 'expired') AND height IS NULL;
CREATE INDEX transactions_paid ON transactions (updated_ms, fee_paid_uallo)
  WHERE fee_paid_uallo IS NOT NULL;
-- Refused predictions are never settled: without the second condition they pile up in it.
DROP INDEX submissions_unsettled;
CREATE INDEX submissions_unsettled ON submissions (worker)
  WHERE settled_ms IS NULL AND state <> 'refused';

ALTER TABLE closed_windows RENAME TO closed_windows_1;
CREATE TABLE closed_windows (
  topic_id  INTEGER NOT NULL,
  nonce     INTEGER NOT NULL,
  worker    TEXT NOT NULL,
  outcome   TEXT NOT NULL CHECK (outcome IN ('proven', 'missed', 'unknown')),
  reason    TEXT,
  closed_ms INTEGER NOT NULL,
  PRIMARY KEY (topic_id, nonce, worker)
) STRICT, WITHOUT ROWID;
INSERT INTO closed_windows SELECT * FROM closed_windows_1;
DROP TABLE closed_windows_1;

CREATE TABLE endpoints (
  url        TEXT PRIMARY KEY,
  answers    INTEGER NOT NULL,
  failures   INTEGER NOT NULL,
  streak     INTEGER NOT NULL,
  latency_ms REAL,
  last_error TEXT,
  last_error_ms INTEGER
) STRICT, WITHOUT ROWID;
`,
  `
CREATE TABLE runs (
  command     TEXT PRIMARY KEY,
  started_ms  INTEGER NOT NULL,
  alive_ms    INTEGER NOT NULL,
  finished_ms INTEGER,
  exit_code   INTEGER,
  error       TEXT,
  succeeded_ms INTEGER,
  failures    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE topic_visits (
  topic_id     INTEGER PRIMARY KEY,
  visited_ms   INTEGER NOT NULL,
  succeeded_ms INTEGER,
  failures     INTEGER NOT NULL,
  error        TEXT
) STRICT;

ALTER TABLE endpoints ADD COLUMN height INTEGER;
-- What metrics count and sum, without reading the bytes of every transaction.
CREATE INDEX transactions_counted ON transactions
  (topic_id, kind, state, height, timeout_height, fee_paid_uallo);

CREATE TABLE balances (
  worker        TEXT PRIMARY KEY,
  balance_uallo TEXT NOT NULL,
  seen_ms       INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE checks (
  id         TEXT NOT NULL,
  topic_id   INTEGER,
  subject    TEXT,
  status     TEXT NOT NULL CHECK (status IN ('OK', 'WARNING', 'UNKNOWN', 'CRITICAL')),
  checked_ms INTEGER NOT NULL
) STRICT;

-- Of an alert that is named after no topic the topic is 0, of one without a subject that is empty.
CREATE TABLE alerts (
  id           TEXT NOT NULL,
  topic_id     INTEGER NOT NULL,
  subject      TEXT NOT NULL,
  status       TEXT NOT NULL,
  message      TEXT NOT NULL,
  fix          TEXT,
  since_ms     INTEGER NOT NULL,
  seen_ms      INTEGER NOT NULL,
  said_status  TEXT,
  said_ms      INTEGER,
  oks          INTEGER NOT NULL,
  ok_since_ms  INTEGER,
  PRIMARY KEY (id, topic_id, subject)
) STRICT, WITHOUT ROWID;

CREATE TABLE notices (
  notice_id  INTEGER PRIMARY KEY AUTOINCREMENT,
  created_ms INTEGER NOT NULL,
  content    TEXT NOT NULL
) STRICT;

CREATE TABLE deliveries (
  notice_id     INTEGER NOT NULL REFERENCES notices,
  channel       TEXT NOT NULL,
  state         TEXT NOT NULL,
  tries         INTEGER NOT NULL,
  updated_ms    INTEGER NOT NULL,
  not_before_ms INTEGER NOT NULL,
  error         TEXT,
  PRIMARY KEY (notice_id, channel)
) STRICT, WITHOUT ROWID;
CREATE INDEX deliveries_pending ON deliveries (channel, notice_id) WHERE state = 'pending';

CREATE TABLE silences (
  id       TEXT NOT NULL,
  topic_id INTEGER NOT NULL,
  until_ms INTEGER NOT NULL,
  PRIMARY KEY (id, topic_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE milestones (
  name TEXT PRIMARY KEY,
  at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
`,
];
