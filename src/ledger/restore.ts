import { dirname } from "node:path";
import { PipelineError } from "../errors.ts";
import { syncDirectory } from "../host/atomic_file.ts";
import { Database, openDatabase, openReadOnly } from "../host/database.ts";
import { fileError } from "../settings/file_error.ts";
import {
  copyFile,
  copyLedger,
  fileAt,
  freeName,
  isSameFile,
  type LedgerCopy,
  removeCopy,
  removeIfThere,
  stamp,
} from "./copy.ts";
import { damageOf, LEDGER_FILE } from "./file.ts";

export interface RestoreOptions {
  /** Wall clock, epoch milliseconds. */
  readonly nowMs: () => number;
  /** Takes the locks of all wallets, those of the addresses among them, or throws. */
  readonly lock: (addresses: readonly string[]) => Promise<Disposable>;
}

/** `version` is the schema's before it was migrated. */
export interface Restored extends LedgerCopy {
  /** Where the ledger that was there has gone; null when there was none. */
  readonly kept: string | null;
}

/**
 * Makes the ledger at `path` what the one in `file` is, and keeps the one that was there. Whenever the
 * process dies, `path` is wholly the old or the new one. Throws "invalid" for a damaged file, "config"
 * for a newer schema or another program's database, and what `lock` throws; nothing has changed then.
 */
export async function restoreLedger(
  file: string,
  path: string,
  { nowMs, lock }: RestoreOptions,
): Promise<Restored> {
  if (isSameFile(file, path)) {
    throw new PipelineError("config", `Cannot restore ${file}: it is the ledger itself`, {
      hint: "name a file that allora-pipeline ledger backup wrote",
    });
  }
  const copy = await checkedCopy(file, dirname(path));
  try {
    using _locks = await lock([...addressesIn(copy.path), ...addressesIn(path)]);
    const isThere = fileAt(path) !== undefined;
    const kept = freeName(`${path}.before-restore-${stamp(nowMs())}`);
    if (isThere && await keep(path, kept)) await replaceContent(path, copy.path);
    else displace(path, copy.path, kept);
    return { ...copy, path, kept: isThere ? kept : null };
  } finally {
    removeCopy(copy.path);
  }
}

async function checkedCopy(file: string, directory: string): Promise<LedgerCopy> {
  try {
    Deno.mkdirSync(directory, { recursive: true, mode: 0o700 });
    return await copyLedger(file, directory, { migrate: true });
  } catch (thrown) {
    if (!isDamage(thrown)) throw fileError("restore", file, thrown);
    throw new PipelineError("invalid", `Cannot restore ${file}: ${thrown.message}`, {
      cause: thrown,
      hint: "nothing was changed; restore another backup",
    });
  }
}

/** Every wallet that a ledger of whatever schema tells of. */
function addressesIn(path: string): readonly string[] {
  if (fileAt(path) === undefined) return [];
  try {
    using ledger = openReadOnly(path, LEDGER_FILE);
    return ledger.all(
      `SELECT address FROM wallets UNION SELECT worker FROM submissions
       UNION SELECT worker FROM transactions`,
    ).map((row) => String(row["address"]));
  } catch (thrown) {
    // It is to be replaced because it cannot be read: the lock files tell of its wallets.
    if (isDamage(thrown)) return [];
    throw thrown;
  }
}

/** Copies the ledger, its log included, to `kept`; false when it is too damaged for that. */
async function keep(path: string, kept: string): Promise<boolean> {
  try {
    {
      // Copying into it would wait without end for another's write: this gives up in time.
      using ledger = new Database(path, LEDGER_FILE);
      ledger.transaction(() => {});
    }
    const copy = await copyFile(path, dirname(path), refuseDamage);
    Deno.renameSync(copy.path, kept);
    syncDirectory(dirname(path));
    return true;
  } catch (thrown) {
    if (isDamage(thrown)) return false;
    throw fileError("keep", path, thrown);
  }
}

function refuseDamage(copy: Database): { readonly isWhole: true } {
  const [damage] = damageOf(copy);
  if (damage !== undefined) throw new PipelineError("internal", damage);
  return { isWhole: true };
}

/**
 * One transaction of SQLite's, in the file that is there: whoever has it open, without a lock, sees
 * the new rows, where a new file under the old name would get the old one's log written beside it.
 */
async function replaceContent(path: string, copy: string): Promise<void> {
  {
    using source = openReadOnly(copy, LEDGER_FILE);
    await source.copyTo(path);
  }
  using ledger = openDatabase(path, LEDGER_FILE);
  ledger.get("PRAGMA wal_checkpoint(TRUNCATE)");
}

/** What cannot be read as a database is put aside as it is, with its log, and the copy takes its name. */
function displace(path: string, copy: string, kept: string): void {
  try {
    if (fileAt(path) !== undefined) Deno.linkSync(path, kept);
    if (fileAt(`${path}-wal`) !== undefined) Deno.renameSync(`${path}-wal`, `${kept}-wal`);
    removeIfThere(`${path}-shm`);
    syncDirectory(dirname(path));
    Deno.renameSync(copy, path);
    syncDirectory(dirname(path));
  } catch (thrown) {
    throw fileError("replace", path, thrown);
  }
}

function isDamage(thrown: unknown): thrown is PipelineError {
  return thrown instanceof PipelineError && ["internal", "invalid"].includes(thrown.kind);
}
