import type { Terminal } from "./terminal_io.ts";

/** One flag of a command, beside the settings' flags. */
export interface Flag {
  /** Without its dashes. */
  readonly name: string;
  /** One letter for the same. */
  readonly short?: string;
  /** What --help calls its value; a flag without one is a switch. */
  readonly value?: string;
  readonly meaning: string;
}

/** What a person typed, checked against the command's flags. */
export interface Invocation {
  /** Flags with a value, settings' flags included. */
  readonly values: Readonly<Record<string, string>>;
  readonly switches: ReadonlySet<string>;
  readonly words: readonly string[];
  readonly json: boolean;
}

/** Does the verb; returns the exit code. Throws PipelineError for what it cannot do. */
export type Handler = (invocation: Invocation, terminal: Terminal) => Promise<number>;

/** One verb: a row of the table that feeds dispatch, --help, completions and the documentation. */
export interface Command {
  readonly name: string;
  /** Other words for the same, of one word each. */
  readonly aliases?: readonly string[];
  readonly summary: string;
  /** A paragraph for its own --help. */
  readonly about: string;
  readonly flags: readonly Flag[];
  /** More for its --help, from the code it loads. */
  readonly notes?: () => Promise<string>;
  /** Whether it takes the settings' flags. */
  readonly hasSettings: boolean;
  /** Words after the verb, for the usage line. */
  readonly words?: string;
  /** Loads the verb's own code, and nothing of the others'. */
  readonly load: () => Promise<Handler>;
}
