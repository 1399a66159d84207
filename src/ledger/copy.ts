import { dirname } from "node:path";
import { syncDirectory } from "../host/atomic_file.ts";
import { fileError } from "../settings/file_error.ts";
import { Database, openReadOnly } from "../host/database.ts";
import { contentOf, LEDGER_FILE, type LedgerContent } from "./file.ts";

/** A copy of a ledger: one file, whole and on the disk. */
export interface LedgerCopy extends LedgerContent {
  readonly path: string;
  readonly bytes: number;
}

/**
 * A checked copy under a name of its own in `directory`, for the caller to rename or to remove; of
 * the newest schema when `migrate` is set. Throws as contentOf does, and leaves nothing then.
 */
export async function copyLedger(
  path: string,
  directory: string,
  { migrate = false }: { readonly migrate?: boolean } = {},
): Promise<LedgerCopy> {
  return await copyFile(path, directory, (copy) => {
    const content = contentOf(copy, path);
    if (migrate) copy.migrate(LEDGER_FILE.migrations);
    return content;
  });
}

/** copyLedger, with `look` in place of its checks. */
export async function copyFile<T>(
  path: string,
  directory: string,
  look: (copy: Database) => T,
): Promise<T & { readonly path: string; readonly bytes: number }> {
  using source = openReadOnly(path, LEDGER_FILE);
  const temporary = makeTemporary(directory);
  try {
    await source.copyTo(temporary);
    const seen = lookAlone(temporary, look);
    return { ...seen, path: temporary, bytes: syncFile(temporary) };
  } catch (thrown) {
    removeCopy(temporary);
    throw thrown;
  }
}

/** The file is on the disk when this returns, with so many bytes. */
function syncFile(path: string): number {
  using file = Deno.openSync(path, { write: true });
  file.syncSync();
  return file.statSync().size;
}

/**
 * Keeps the ledger at `path`, of schema `version`, as ledger.db.v2 beside it: before it is brought up to
 * date, because no earlier program reads it then. An older one of that name is replaced. In one go, so
 * that it can be part of the transaction which migrates.
 */
export function keepVersion(database: Database, path: string, version: number): void {
  const directory = dirname(path);
  const temporary = makeTemporary(directory);
  try {
    lookAlone(temporary, (copy) => copyRows(database, copy, version));
    syncFile(temporary);
    Deno.renameSync(temporary, keptVersion(path, version));
    syncDirectory(directory);
  } catch (thrown) {
    removeCopy(temporary);
    throw fileError("keep", path, thrown);
  }
}

/** Where keepVersion() puts it. */
export const keptVersion = (path: string, version: number) => `${path}.v${version}`;

/** Makes `to`, which is empty, what `from` is, whose schema has that version. */
export function copyRows(from: Database, to: Database, version: number): void {
  to.migrate(LEDGER_FILE.migrations.slice(0, version));
  const tables = to.all(
    `SELECT t.name, group_concat(c.name, ', ') AS columns, group_concat(':' || c.name, ', ') AS places
     FROM sqlite_schema t, pragma_table_info(t.name) c
     WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' GROUP BY t.name ORDER BY t.rowid`,
  );
  to.transaction(() => {
    for (const { name, columns, places } of tables) {
      const insert = `INSERT INTO ${name} (${columns}) VALUES (${places})`;
      for (const row of from.each(`SELECT ${columns} FROM ${name}`)) to.run(insert, row);
    }
  });
}

function makeTemporary(directory: string): string {
  try {
    // In the directory where it is to stay, because rename(2) is atomic only within one file system.
    const path = Deno.makeTempFileSync({ dir: directory, prefix: ".new-" });
    Deno.chmodSync(path, 0o600);
    return path;
  } catch (thrown) {
    throw fileError("write", directory, thrown);
  }
}

function lookAlone<T>(path: string, look: (copy: Database) => T): T {
  using copy = new Database(path, LEDGER_FILE);
  const seen = look(copy);
  // Without a log beside it the copy is one file, which can be read from a disk that is read-only.
  copy.get("PRAGMA journal_mode = DELETE");
  return seen;
}

/** Removes an unfinished copy and what SQLite put beside it. */
export function removeCopy(path: string): void {
  for (const end of ["", "-wal", "-shm", "-journal"]) removeIfThere(`${path}${end}`);
}

export function removeIfThere(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (thrown) {
    if (!(thrown instanceof Deno.errors.NotFound)) throw fileError("remove", path, thrown);
  }
}

/** The file's size and identity, or undefined when there is none. Throws "denied" or "config". */
export function fileAt(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.statSync(path);
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return undefined;
    throw fileError("read", path, thrown);
  }
}

/** Whether both names lead to one file. */
export function isSameFile(a: string, b: string): boolean {
  const [one, other] = [fileAt(a), fileAt(b)];
  return one !== undefined && one.ino === other?.ino && one.dev === other.dev;
}

/** `name` and `end`, or with -2, -3 ... between them when that is taken. */
export function freeName(name: string, end = ""): string {
  let free = `${name}${end}`;
  for (let next = 2; fileAt(free) !== undefined; next++) free = `${name}-${next}${end}`;
  return free;
}

/** A moment as YYYYMMDD-HHMMSS, UTC. */
export function stamp(atMs: number): string {
  return new Date(atMs).toISOString().replace(/[-:]/g, "").replace("T", "-").slice(0, 15);
}
