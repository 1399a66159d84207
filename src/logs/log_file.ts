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
  /** Whether the file may end in the middle of a line, as a full disk leaves it. */
  #mayBeTorn = true;

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
      this.#mayBeTorn = true;
    }
    const start = this.#mayBeTorn && isTorn(this.#file) ? "\n" : "";
    this.#mayBeTorn = true;
    writeAll(this.#file, new TextEncoder().encode(`${start}${line}\n`));
    this.#mayBeTorn = false;
  }

  [Symbol.dispose](): void {
    this.#file.close();
  }
}

function open(path: string): Deno.FsFile {
  while (true) {
    const file = Deno.openSync(path, { read: true, append: true, create: true, mode: 0o640 });
    // Whoever compresses a renamed file locks it for as long as that takes: we do not wait for it.
    if (!file.tryLockSync(false) && isAt(path, file)) file.lockSync(false);
    // The name may have moved on between opening and locking.
    if (isAt(path, file)) return file;
    file.close();
  }
}

const NEWLINE = 10;

/** Whether the last line has no end; where we append is not where we read. */
function isTorn(file: Deno.FsFile): boolean {
  if (file.statSync().size === 0) return false;
  file.seekSync(-1, Deno.SeekMode.End);
  const last = new Uint8Array(1);
  return file.readSync(last) === 1 && last[0] !== NEWLINE;
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
