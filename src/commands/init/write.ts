import { dirname } from "node:path";
import { PipelineError } from "../../errors.ts";
import { createAtomically, writeAtomically } from "../../host/atomic_file.ts";
import { writeMnemonic } from "../../host/credentials.ts";
import { fileError } from "../../settings/file_error.ts";
import type { Place } from "../../settings.ts";
import { isThere } from "../../host/paths.ts";
import type { Plan } from "./plan.ts";

/**
 * Writes the plan, each file whole or not at all: the wallet and the keys first, so that no settings
 * speak of what is not there. Throws "denied", "config" or "unavailable".
 */
export function writePlan({ wallet, secrets, texts }: Plan): void {
  if (wallet.mnemonic !== undefined) writeMnemonic(wallet.path, wallet.mnemonic);
  for (const { path, text } of secrets) {
    if (createAtomically(path, `${text}\n`, { mode: 0o600 })) continue;
    throw new PipelineError("config", `Cannot write ${path}: it is there already`, {
      hint: "run init again: it keeps what is there",
    });
  }
  for (const { path, text } of texts) writeSettings(path, text);
}

/** In /etc a file is root's, and the service's group may read it: of a new file, the directory's group. */
function writeSettings(path: string, text: string): void {
  const before = isThere(path) ? Deno.statSync(path) : undefined;
  writeAtomically(path, text, { mode: (before?.mode ?? 0o640) & 0o777 });
  // Of this process, and readable in every sandbox; Deno.uid() would be one more permission.
  if (Deno.statSync("/proc/self").uid !== 0) return;
  const { uid, gid } = before ?? { uid: 0, gid: Deno.statSync(dirname(path)).gid };
  Deno.chownSync(path, uid, gid);
}

/** Whether the settings are the machine's, and not those of a working directory. */
export function isInstalled({ globalFile }: Place): boolean {
  return globalFile.startsWith("/etc/");
}

/** Throws "denied" before anybody is asked anything, when the settings may not be written. */
export function checkWritable(place: Place): void {
  const { globalFile } = place;
  const directory = dirname(globalFile);
  try {
    const probe = Deno.makeTempFileSync({ dir: directory, prefix: ".new-" });
    Deno.removeSync(probe);
  } catch (thrown) {
    if (!(thrown instanceof Deno.errors.PermissionDenied)) {
      throw fileError("write", globalFile, thrown);
    }
    throw new PipelineError("denied", `Cannot write to ${directory}: permission is denied`, {
      cause: thrown,
      hint: isInstalled(place)
        ? "run it as root: sudo allora-pipeline init"
        : "run it in a directory of your own",
    });
  }
}
