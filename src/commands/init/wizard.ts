import type { Terminal } from "../terminal_io.ts";
import type { Conflict, Existing } from "./existing.ts";
import type { Questions } from "./questions.ts";

/** What every part of the wizard works with. */
export interface Wizard {
  readonly questions: Questions;
  /** The flags with a value. */
  readonly values: Readonly<Record<string, string>>;
  readonly existing: Existing;
  /** Flags that want something else than what is set, found so far. */
  readonly conflicts: Conflict[];
  readonly terminal: Terminal;
  readonly isDryRun: boolean;
  /** Prints for a person; nothing with --json. */
  out(text: string): void;
}
