/**
 * What went wrong, as the person at the keyboard has to act on it. The kind decides the exit code,
 * which follows sysexits(3), so that a unit and a script can tell "try again" from "change a setting".
 */
export type ErrorKind =
  | "usage" // the command line
  | "invalid" // input or a prediction that must not be used
  | "unavailable" // a node, a venue or the wallet's funds
  | "internal" // a defect, or an answer nobody has seen before
  | "retry" // nothing is wrong that the next visit does not cure
  | "denied" // permissions, whitelists
  | "config"; // a setting, a file the person wrote

/** Exit code of each kind. */
export const EXIT_CODES: Readonly<Record<ErrorKind, number>> = {
  usage: 64,
  invalid: 65,
  unavailable: 69,
  internal: 70,
  retry: 75,
  denied: 77,
  config: 78,
};

/** Codes from the one to act on first to the one that can wait; a run of many topics ends with the first it met. */
const WORST_FIRST = [70, 78, 77, 69, 65, 75];

/** The exit code of a run whose parts ended with `codes`: 0 when all did. */
export function worstExitCode(codes: Iterable<number>): number {
  const met = new Set(codes);
  return WORST_FIRST.find((code) => met.has(code)) ?? 0;
}

/** The one error class: `message` says what failed with its values, `hint` what to do next. */
export class PipelineError extends Error {
  readonly kind: ErrorKind;
  readonly hint: string | undefined;

  constructor(kind: ErrorKind, message: string, options: { cause?: unknown; hint?: string } = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.name = "PipelineError";
    this.kind = kind;
    this.hint = options.hint;
  }

  get exitCode(): number {
    return EXIT_CODES[this.kind];
  }
}

/** The text of anything that was thrown, on one line. */
export function messageOf(thrown: unknown): string {
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  return text.replace(/\s+/g, " ").trim();
}
