import { PipelineError } from "../errors.ts";
import { Database, openReadOnly } from "../host/database.ts";
import { fileError } from "../settings/file_error.ts";
import { MIGRATIONS } from "./schema.ts";

/** How the ledger's file is opened, wherever it lies. */
export const LEDGER_FILE = {
  name: "ledger",
  migrations: MIGRATIONS,
  cure: "restore a backup with allora-pipeline ledger restore FILE, or move the file away " +
    "(keep it) and run again: the chain tells what was submitted",
};

/** Opens the ledger to read only. Throws "config" while no visit has made one, and as openReadOnly does. */
export function openToRead(path: string, limits: { readonly busyMs?: number } = {}): Database {
  try {
    Deno.lstatSync(path);
  } catch (thrown) {
    if (!(thrown instanceof Deno.errors.NotFound)) throw fileError("read", path, thrown);
    throw new PipelineError("config", `Cannot read the ledger: there is none at ${path} yet`, {
      hint: "allora-pipeline submit",
    });
  }
  return openReadOnly(path, { ...LEDGER_FILE, ...limits });
}

/** What a ledger holds. */
export interface LedgerContent {
  /** Of its schema. */
  readonly version: number;
  /** Of each table. */
  readonly rows: Readonly<Record<string, number>>;
}

const COUNTED = ["submissions", "transactions", "closed_windows"];

/**
 * What a file holds that is a whole ledger of this program. Throws "internal" when it is damaged,
 * "invalid" when it is empty, "config" for another program's database or a newer schema.
 */
export function contentOf(database: Database, path: string): LedgerContent {
  const [damage] = damageOf(database);
  if (damage !== undefined) {
    throw new PipelineError("internal", `Cannot use the ledger: ${path} is damaged: ${damage}`, {
      hint: LEDGER_FILE.cure,
    });
  }
  const version = versionOf(database, path);
  const count = (table: string) =>
    Number(database.get(`SELECT count(*) AS n FROM ${table}`)?.["n"]);
  return { version, rows: Object.fromEntries(COUNTED.map((table) => [table, count(table)])) };
}

/** What SQLite finds wrong with the file; nothing when it is whole. */
export function damageOf(
  database: Database,
  check: "integrity_check" | "quick_check" = "integrity_check",
): readonly string[] {
  return database.all(`PRAGMA ${check}`)
    .map((row) => String(row[check]))
    .filter((line) => line !== "ok");
}

/** The version that a ledger says its schema has, and be it newer than any that is known here. */
export function schemaOf(database: Database): number {
  return Number(database.get("PRAGMA user_version")?.["user_version"]);
}

/** The version of the schema, of which every table and column is there. Throws as contentOf does. */
export function versionOf(database: Database, path: string): number {
  const version = schemaOf(database);
  const columns = new Set(columnsOf(database));
  if (version > MIGRATIONS.length) {
    throw new PipelineError(
      "config",
      `Cannot use the ledger: ${path} has schema version ${version}, newer than ${MIGRATIONS.length}`,
      { hint: "run the version of allora-pipeline that wrote it, or a newer one" },
    );
  }
  if (version === 0 && columns.size === 0) {
    throw new PipelineError("invalid", `Cannot use the ledger: ${path} is empty`, {
      hint: "nothing was ever written to it; name another file",
    });
  }
  using model = new Database(":memory:", LEDGER_FILE);
  model.migrate(MIGRATIONS.slice(0, version));
  const missing = columnsOf(model).find((column) => !columns.has(column));
  if (version > 0 && missing === undefined) return version;
  throw new PipelineError(
    "config",
    `Cannot use the ledger: ${path} is the database of another program` +
      (missing === undefined ? "" : `: it has no ${missing}`),
    { hint: "name a file that allora-pipeline ledger backup wrote" },
  );
}

function columnsOf(database: Database): readonly string[] {
  return database.all(
    `SELECT t.name || '.' || c.name AS place FROM sqlite_schema t, pragma_table_info(t.name) c
     WHERE t.type = 'table' ORDER BY place`,
  ).map((row) => String(row["place"]));
}
