// npm-only stand-in for jsr:@std/fs: ensureDirSync(), written for this project.

/** Makes a directory and its parents unless it is there. */
export function ensureDirSync(dir: string | URL): void {
  // Like the original, an existing directory is left alone even where mkdir would not be allowed.
  try {
    return throwIfNotDirectory(Deno.statSync(dir));
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  try {
    Deno.mkdirSync(dir, { recursive: true });
  } catch (error) {
    // Another process may have made it meanwhile.
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    throwIfNotDirectory(Deno.statSync(dir));
  }
}

function throwIfNotDirectory(info: Deno.FileInfo): void {
  if (info.isDirectory) return;
  const type = info.isFile ? "file" : info.isSymlink ? "symlink" : "undefined";
  throw new Error(`Failed to ensure directory exists: expected 'dir', got '${type}'`);
}
