import { assert } from "@std/assert";

/** Whether a command exists and succeeds. */
const isSuccess = (...args: string[]) =>
  new Deno.Command(args[0]!, { args: args.slice(1), stderr: "null" }).output()
    .then(({ success }) => success, () => false);

/** Tests that mount are skipped without the right to. */
export const canMount = await isSuccess("unshare", "--mount", "true");
export const SKIPPED = canMount ? "" : " (skipped: needs the right to mount)";

/** Runs `body` in a directory that is a file system of its own, such as one of size "256k". */
export async function onTmpfs(size: string, body: (dir: string) => Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir({ prefix: "tmpfs-" });
  assert(await isSuccess("mount", "-t", "tmpfs", "-o", `size=${size}`, "tmpfs", dir));
  try {
    await body(dir);
  } finally {
    await isSuccess("umount", dir);
    await Deno.remove(dir);
  }
}

/** Mounts the file system at `dir` again: read-only, or writable. */
export async function remount(dir: string, mode: "ro" | "rw"): Promise<void> {
  assert(await isSuccess("mount", "-o", `remount,${mode}`, dir));
}

/** Takes all room that is left at `dir`; returns the file that does. */
export function fillDisk(dir: string): string {
  const path = `${dir}/filler`;
  using file = Deno.openSync(path, { write: true, create: true });
  const block = new Uint8Array(4096);
  try {
    while (true) file.writeSync(block);
  } catch {
    return path;
  }
}
