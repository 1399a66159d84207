import { DatabaseSync } from "node:sqlite";
import { MIGRATIONS } from "../../src/ledger/schema.ts";
import { WORKER } from "./fixture.ts";

/** Makes the file of a program that knew version 1 of the schema only, with `windows` windows in it. */
export function writeOldLedger(path: string, windows: number): void {
  using sqlite = new DatabaseSync(path);
  sqlite.exec(`PRAGMA journal_mode = WAL; BEGIN; ${MIGRATIONS[0]} PRAGMA user_version = 1;
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${windows})
    INSERT INTO submissions SELECT 1, i * 720, '${WORKER}', '0.01', NULL, -0.02, 0.04, -0.01, 0.03,
      0.015, 64000.5, 1700000000000, 'ridge', 'confirmed', NULL, i * 720 + 1, i * 720 + 600, i, i,
      1, '-0.3', '0.011', 0.01, 6.25e-6, 1e-4, i FROM n;
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${windows})
    INSERT INTO transactions SELECT i, 'payload', 1, i * 720, '${WORKER}', zeroblob(300), 'HASH' || i,
      i, 7, '75', 205000, i * 720 + 600, 'confirmed', NULL, NULL, NULL, i * 720 + 5, 161024, '70', i, i
      FROM n;
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${windows})
    INSERT INTO closed_windows SELECT 1, i * 720, '${WORKER}', 'missed', 'reason ' || i, i FROM n;
    INSERT INTO windows VALUES (1, 725, 1700000000000, 1700000000000, 700, 1699999999000, 5000.0, 3,
      720, 1320, 1440);
    INSERT INTO wallets VALUES ('00aa', '${WORKER}');
    COMMIT`);
}

/** Every row of every table that version 1 has, of the columns that version 1 has. */
export function oldRows(path: string): Readonly<Record<string, readonly unknown[]>> {
  using model = new DatabaseSync(":memory:");
  model.exec(MIGRATIONS[0]!);
  using sqlite = new DatabaseSync(path, { readOnly: true });
  const tables = model.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all();
  return Object.fromEntries(tables.map(({ name }) => {
    const columns = model.prepare(`SELECT name FROM pragma_table_info('${name}')`).all()
      .map((column) => column["name"]).join(", ");
    return [
      String(name),
      sqlite.prepare(`SELECT ${columns} FROM ${name} ORDER BY 1, 2`).all(),
    ];
  }));
}
