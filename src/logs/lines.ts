const BLOCK_BYTES = 64 * 1024;
/** No event is that long; what is, is cut there, so that no file takes more memory than this. */
const MAX_LINE_BYTES = 1024 * 1024;
const NEWLINE = 10;

/** Reads a file's lines, and goes on where it stopped when the file has grown. */
export class LineReader {
  readonly #file: Deno.FsFile;
  readonly #decoder = new TextDecoder();
  /** The beginning of a line whose end has not been written yet. */
  #rest: Uint8Array<ArrayBuffer> = new Uint8Array();

  /** Reads on from where `file` stands. */
  constructor(file: Deno.FsFile) {
    this.#file = file;
  }

  /** The lines that have been finished since. */
  *lines(): Generator<string> {
    const block = new Uint8Array(BLOCK_BYTES);
    for (let count; (count = this.#file.readSync(block)) !== null;) {
      const bytes = joined(this.#rest, block.subarray(0, count));
      let start = 0;
      for (let end; (end = bytes.indexOf(NEWLINE, start)) >= 0; start = end + 1) {
        yield this.#decoder.decode(bytes.subarray(start, end));
      }
      this.#rest = bytes.slice(start);
      if (this.#rest.length < MAX_LINE_BYTES) continue;
      yield this.unfinished;
      this.#rest = new Uint8Array();
    }
  }

  /** What stands behind the last newline that was read; "" when nothing does. */
  get unfinished(): string {
    return this.#decoder.decode(this.#rest);
  }
}

/**
 * Where the last `count` lines of a file begin, in bytes; a piece behind the last newline is a line too.
 * Further back than `mostBytes` it does not look.
 */
export function startOfLast(file: Deno.FsFile, count: number, mostBytes: number): number {
  const size = file.statSync().size;
  const block = new Uint8Array(BLOCK_BYTES);
  // The newline at the end finishes the last line and begins none.
  let wanted = count, end = size - 1, begins = size;
  while (end > 0 && size - end <= mostBytes) {
    const start = Math.max(0, end - BLOCK_BYTES);
    file.seekSync(start, Deno.SeekMode.Start);
    const bytes = block.subarray(0, file.readSync(block.subarray(0, end - start)) ?? 0);
    for (let at = bytes.lastIndexOf(NEWLINE); at >= 0;) {
      begins = start + at + 1;
      if (--wanted === 0) return begins;
      at = at === 0 ? -1 : bytes.lastIndexOf(NEWLINE, at - 1);
    }
    end = start;
  }
  return end <= 0 ? 0 : begins;
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(a.length + b.length);
  bytes.set(a);
  bytes.set(b, a.length);
  return bytes;
}
