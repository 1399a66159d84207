import { type ErrorKind, messageOf, PipelineError } from "../errors.ts";

/** The content of a JSON file that a flag names. Throws the kind given, for a file that is not there or is no JSON. */
export async function readJson(path: string, kind: ErrorKind): Promise<unknown> {
  try {
    return JSON.parse(await Deno.readTextFile(path));
  } catch (cause) {
    const what = cause instanceof SyntaxError ? "it is no JSON" : "it cannot be read";
    throw new PipelineError(kind, `Cannot use ${path}: ${what}: ${messageOf(cause)}`, { cause });
  }
}
