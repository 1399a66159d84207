import { PipelineError } from "../errors.ts";
import { fileError, shellQuote } from "../settings/file_error.ts";
import { blocksOf, gunzip, isDamage } from "./gzip.ts";
import { openPlainFile } from "./log_directory.ts";

/** The bytes of a log, or of what is in an archive, piece by piece. Throws "invalid" for a damaged one. */
export async function* readLog(path: string): AsyncGenerator<Uint8Array> {
  using file = openPlainFile(path);
  const blocks = blocksOf(file);
  try {
    yield* path.endsWith(".gz") ? gunzip(blocks) : blocks;
  } catch (thrown) {
    if (!isDamage(thrown)) throw fileError("read", path, thrown);
    throw new PipelineError("invalid", `Cannot read ${path}: ${thrown.message}`, {
      cause: thrown,
      hint: `nothing behind this place can be read: gzip -tv ${shellQuote(path)}`,
    });
  }
}
