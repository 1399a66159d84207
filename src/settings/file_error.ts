import { messageOf, PipelineError } from "../errors.ts";

/** The PipelineError for a file that the machine would not let us `action` ("read", "write", "lock"). */
export function fileError(action: string, path: string, thrown: unknown): PipelineError {
  if (thrown instanceof PipelineError) return thrown;
  const cause = { cause: thrown };
  if (thrown instanceof Deno.errors.PermissionDenied) {
    return new PipelineError("denied", `Cannot ${action} ${path}: permission is denied`, {
      ...cause,
      hint: `Look at the owner and mode: ${rootFor(path)}ls -ld ${shellQuote(path)}`,
    });
  }
  if (isMisplaced(thrown)) {
    const found = thrown instanceof Deno.errors.NotFound ? "missing" : "not such a file";
    return new PipelineError("config", `Cannot ${action} ${path}: it is ${found}`, {
      ...cause,
      hint: `Look at what is there: ls -ld ${shellQuote(path)}`,
    });
  }
  return new PipelineError("unavailable", `Cannot ${action} ${path}: ${messageOf(thrown)}`, {
    ...cause,
    hint: "Look at the disk: df -h; dmesg",
  });
}

/** `text` as one word for a POSIX shell. */
export function shellQuote(text: string): string {
  return /^[\w./:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** "sudo " before a command that looks at or changes what an installed machine keeps for the service. */
export function rootFor(path: string): string {
  return /^\/(etc|run|var)\//.test(path) ? "sudo " : "";
}

function isMisplaced(thrown: unknown): boolean {
  const { NotFound, NotADirectory, IsADirectory, FilesystemLoop } = Deno.errors;
  return [NotFound, NotADirectory, IsADirectory, FilesystemLoop].some((kind) =>
    thrown instanceof kind
  ) || messageOf(thrown).startsWith(STD_FS_NOT_A_DIRECTORY);
}

/** How ensureDirSync() of @std/fs says so, in an Error without a class or code of its own. */
const STD_FS_NOT_A_DIRECTORY = "Failed to ensure directory exists";
