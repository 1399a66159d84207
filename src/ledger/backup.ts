import { dirname } from "node:path";
import { PipelineError } from "../errors.ts";
import { syncDirectory } from "../host/atomic_file.ts";
import { fileError } from "../settings/file_error.ts";
import { copyLedger, fileAt, isSameFile, type LedgerCopy, removeCopy } from "./copy.ts";

/**
 * Copies the ledger at `path` into the file `target` (mode 0600) while others write; the copy has
 * been checked before it takes its place. Throws "config" when the target is there and not to be
 * replaced, is the ledger itself or is in use, and for what is no ledger; "internal" for a damaged one.
 */
export async function backupLedger(
  path: string,
  target: string,
  { force = false }: { readonly force?: boolean } = {},
): Promise<LedgerCopy> {
  refuseTarget(path, target, force);
  const directory = dirname(target);
  try {
    Deno.mkdirSync(directory, { recursive: true, mode: 0o700 });
  } catch (thrown) {
    throw fileError("write", target, thrown);
  }
  const copy = await copyLedger(path, directory);
  try {
    Deno.renameSync(copy.path, target);
    syncDirectory(directory);
  } catch (thrown) {
    removeCopy(copy.path);
    throw fileError("write", target, thrown);
  }
  return { ...copy, path: target };
}

function refuseTarget(path: string, target: string, force: boolean): void {
  const refuse = (why: string, hint: string) => {
    throw new PipelineError("config", `Cannot write the backup: ${target} ${why}`, { hint });
  };
  const isLedger = ["", "-wal", "-shm"].some((end) => isSameFile(`${path}${end}`, target));
  if (isLedger) refuse("is the ledger itself", "name another file");
  const found = fileAt(target);
  if (found === undefined) return;
  if (!found.isFile) refuse("is not a file", "name a file that is not there yet");
  if (!force) refuse("is there already", "name another file, or give --force to replace it");
  // The log of the file that is there would be taken for the new one's.
  if (fileAt(`${target}-wal`)?.size) {
    refuse("is a database in use", "name another file");
  }
}
