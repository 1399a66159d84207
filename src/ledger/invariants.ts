/** A rule that every commit of the program keeps, whatever dies when. */
export interface Invariant {
  readonly name: string;
  /** Gives one row, `place`, for each violation; of columns that every version of the schema has. */
  readonly sql: string;
  /** What to do about a violation. */
  readonly advice: string;
}

const window = (table: string) =>
  `'topic ' || ${table}.topic_id || ' nonce ' || ${table}.nonce || ' worker ' || ${table}.worker`;

const OF_SUBMISSION = "t.topic_id = s.topic_id AND t.nonce = s.nonce AND t.worker = s.worker";

const TELL = "a defect, or the file was edited by hand: keep a copy (ledger backup) and report it";

/** What `ledger check` holds the ledger to, beside SQLite's own integrity_check. */
export const INVARIANTS: readonly Invariant[] = [
  {
    name: "one confirmed payload per window",
    sql: `SELECT ${window("t")} || ': ' || count(*) || ' confirmed' AS place FROM transactions t
      WHERE kind = 'payload' AND state = 'confirmed'
      GROUP BY topic_id, nonce, worker HAVING count(*) > 1`,
    advice: "a fee was paid twice: see that no other host uses the wallet, and report it",
  },
  {
    name: "one window per pending sequence",
    sql: `SELECT 'worker ' || worker || ' sequence ' || sequence AS place FROM transactions
      WHERE state IN ('signed', 'sent') GROUP BY worker, sequence
      HAVING count(DISTINCT kind || ' ' || topic_id || ' ' || nonce) > 1`,
    advice: "only one can land: the next visits look each up; report it if it stays",
  },
  {
    name: "every payload has its submission",
    sql: `SELECT ${window("t")} || ': ' || hash AS place FROM transactions t
      WHERE kind = 'payload' AND NOT EXISTS (SELECT 1 FROM submissions s WHERE ${OF_SUBMISSION})`,
    advice: TELL,
  },
  {
    name: "confirmed has a transaction or a reason",
    sql: `SELECT ${window("s")} AS place FROM submissions s
      WHERE state = 'confirmed' AND reason IS NULL AND NOT EXISTS (SELECT 1 FROM transactions t
        WHERE ${OF_SUBMISSION} AND t.kind = 'payload' AND t.state = 'confirmed')`,
    advice: TELL,
  },
  {
    name: "settled only at its end",
    sql: `SELECT ${window("s")} || ': ' || state AS place FROM submissions s
      WHERE settled_ms IS NOT NULL AND state NOT IN ('confirmed', 'rejected', 'expired')`,
    advice: `the window may never be looked up again: ${TELL}`,
  },
  {
    name: "timeout at the window's end",
    sql: `SELECT ${window("t")} || ': ' || timeout_height || ', not ' || window_closes AS place
      FROM transactions t JOIN submissions s ON ${OF_SUBMISSION}
      WHERE t.kind = 'payload' AND timeout_height <> window_closes`,
    advice: `it may be paid for after its window: ${TELL}`,
  },
  {
    name: "height within the window",
    sql: `SELECT ${window("t")} || ': ' || height || ', not ' || window_opens || ' to ' ||
        window_closes AS place FROM transactions t JOIN submissions s ON ${OF_SUBMISSION}
      WHERE t.kind = 'payload' AND height NOT BETWEEN window_opens AND window_closes`,
    advice: TELL,
  },
];
