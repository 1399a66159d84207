import { join } from "node:path";
import { PipelineError } from "../errors.ts";
import { fileError } from "../settings/file_error.ts";
import { plainFileAt } from "./log_directory.ts";
import { LOG_NAME, rotatedIn } from "./rotated.ts";

/** The log, a segment that is not compressed yet, or an archive. */
export interface Listed {
  readonly name: string;
  /** Undefined for the log that is written to. */
  readonly rotatedMs: number | undefined;
  /** Of the lines; undefined when only a reading of the whole archive could tell. */
  readonly bytes: number | undefined;
  /** Undefined for what is not compressed. */
  readonly compressedBytes: number | undefined;
}

/** The log first, then what was rotated, newest first. Throws PipelineError when it may not be read. */
export function listLogs(dir: string): readonly Listed[] {
  const log = plainFileAt(join(dir, LOG_NAME));
  const rotated = rotatedIn(dir).filter(({ form }) => form !== "unfinished").reverse();
  return [
    ...log === undefined ? [] : [{ name: LOG_NAME, rotatedMs: undefined, ...plain(log.size) }],
    ...rotated.flatMap(({ name, rotatedMs, form }) => {
      const size = plainFileAt(join(dir, name))?.size;
      // A rotation that is under way may have removed it.
      if (size === undefined) return [];
      const sizes = form === "segment" ? plain(size) : compressed(join(dir, name), size);
      return [{ name, rotatedMs, ...sizes }];
    }),
  ];
}

/**
 * The name of the file that `word` means: "latest" is the newest rotated one. Throws "usage" for what is
 * no log of the directory.
 */
export function logNamed(dir: string, word: string): string {
  const listed = listLogs(dir);
  const name = word.startsWith(`${dir}/`) ? word.slice(dir.length + 1) : word;
  const found = listed.find((entry) =>
    word === "latest" ? entry.rotatedMs !== undefined : [name, `${name}.gz`].includes(entry.name)
  );
  if (found !== undefined) return found.name;
  throw new PipelineError("usage", `Cannot show ${JSON.stringify(word)}: ${dir} has no such log`, {
    hint: listed.length === 0 ? "nothing has been logged there" : "allora-pipeline logs list",
  });
}

const plain = (bytes: number) => ({ bytes, compressedBytes: undefined });

/** A smaller archive cannot hold 4 GiB, at which the length that gzip notes begins anew: deflate's limit. */
const LENGTH_HOLDS_BELOW = 2 ** 32 / 1032;

function compressed(path: string, compressedBytes: number) {
  const isKnown = compressedBytes >= 18 && compressedBytes < LENGTH_HOLDS_BELOW;
  return { bytes: isKnown ? notedLength(path) : undefined, compressedBytes };
}

/** The length in the last four bytes of a gzip file (RFC 1952, ISIZE). */
function notedLength(path: string): number {
  try {
    using file = Deno.openSync(path);
    const end = new Uint8Array(4);
    file.seekSync(-4, Deno.SeekMode.End);
    file.readSync(end);
    return new DataView(end.buffer).getUint32(0, true);
  } catch (thrown) {
    throw fileError("read", path, thrown);
  }
}
