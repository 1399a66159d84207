import { assert, assertEquals } from "@std/assert";
import { isCommand } from "../../src/health/cure.ts";
import { understand } from "../docs/guide.ts";

/** The cure must be a command that can be pasted: one that a shell, and the program, understand. */
export async function assertExact(fix: string | undefined, what: string): Promise<void> {
  assert(fix !== undefined && isCommand(fix), `${what}: ${fix}`);
  const { code } = await new Deno.Command("bash", { args: ["-n", "-c", fix] }).output();
  assertEquals(code, 0, `${what}: no shell takes ${fix}`);
  const command = fix.replace(/ # .*$/, "");
  // A name that a person would have to put a name of their own for.
  assert(!/(^| )([A-Z]{2,}|N|<.*>)( |$)/.test(command), `${what}: ${fix}`);
  await understand(command);
}
