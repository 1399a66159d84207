import { dirname } from "node:path";
import { ensureDirSync } from "@std/fs";
import { writeAll } from "../host/atomic_file.ts";
import { fileError } from "../settings/file_error.ts";

/**
 * A file that lines are appended to, by several processes at a time if need be: O_APPEND and one
 * write(2) a line keep lines whole. A shared lock says that somebody still writes: whoever rotates
 * renames the file and compresses it only once nobody holds it, and we open a new one.
 */
export class LogFile implements Disposable {
  readonly #path: string;
  #file: Deno.FsFile;

  /** Throws PipelineError "denied" or "config" when the file cannot be appended to. */
  constructor(path: string) {
    this.#path = path;
    try {
      ensureDirSync(dirname(path));
      this.#file = open(path);
    } catch (thrown) {
      throw fileError("write", path, thrown);
    }
  }

  /** Appends one line. Throws what the operating system says. */
  append(line: string): void {
    if (!isAt(this.#path, this.#file)) {
      const next = open(this.#path);
      this.#file.close();
      this.#file = next;
    }
    writeAll(this.#file, new TextEncoder().encode(`${line}\n`));
  }

  [Symbol.dispose](): void {
    this.#file.close();
  }
}

function open(path: string): Deno.FsFile {
  while (true) {
    const file = Deno.openSync(path, { append: true, create: true, mode: 0o640 });
    // Whoever compresses a renamed file locks it for as long as that takes: we do not wait for it.
    if (!file.tryLockSync(false) && isAt(path, file)) file.lockSync(false);
    // The name may have moved on between opening and locking.
    if (isAt(path, file)) return file;
    file.close();
  }
}

/** Whether `file` is still what the name leads to. */
export function isAt(path: string, file: Deno.FsFile): boolean {
  try {
    const [there, here] = [Deno.statSync(path), file.statSync()];
    return there.ino === here.ino && there.dev === here.dev;
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return false;
    throw thrown;
  }
}
