import type { LedgerCopy } from "../../ledger/copy.ts";

/** "1200 submissions, 1300 transactions, 1250 closed windows, 524288 bytes". */
export function copyText({ rows, bytes }: LedgerCopy): string {
  const counts = Object.entries(rows).map(([table, count]) => {
    const noun = table.replace("_", " ");
    return `${count} ${count === 1 ? noun.slice(0, -1) : noun}`;
  });
  return [...counts, `${bytes} bytes`].join(", ");
}

export function copyJson({ path, rows, bytes, version }: LedgerCopy) {
  const total = Object.values(rows).reduce((a, b) => a + b, 0);
  return { path, rows: total, tables: rows, bytes, schema_version: version };
}
