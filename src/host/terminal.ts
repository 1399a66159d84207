export { closest } from "../settings/closest.ts";

/** What decides whether output is coloured. */
export interface ColourContext {
  readonly isTerminal: boolean;
  /** --json was given. */
  readonly json: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The one decision about colour: --json, then NO_COLOR, CLICOLOR_FORCE, TERM=dumb and the terminal. */
export function wantsColour({ isTerminal, json, env }: ColourContext): boolean {
  if (json || env["NO_COLOR"]) return false;
  if (env["CLICOLOR_FORCE"] && env["CLICOLOR_FORCE"] !== "0") return true;
  return isTerminal && env["TERM"] !== "dumb" && env["CLICOLOR"] !== "0";
}

const CODES = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, blue: 34 } as const;
export type Colour = keyof typeof CODES;

/** `text` in a colour (SGR escape), or as it is when colour is off. */
export function paint(text: string, colour: Colour, on: boolean): string {
  return on ? `\x1b[${CODES[colour]}m${text}\x1b[0m` : text;
}

/** Columns that `text` takes, colour not counted. */
function width(text: string): number {
  // deno-lint-ignore no-control-regex
  return [...text.replace(/\x1b\[\d*m/g, "")].length;
}

export interface TableOptions {
  /** Of each column; left where none is given. */
  readonly align?: readonly ("left" | "right")[];
}

/** Rows as lines of aligned columns, two spaces apart; an empty cell is shown as "-". */
export function table(
  rows: readonly (readonly string[])[],
  { align = [] }: TableOptions = {},
): string {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, i) => widths[i] = Math.max(widths[i] ?? 0, width(cell || "-")));
  }
  const padded = (cell: string, i: number) => {
    const space = " ".repeat((widths[i] ?? 0) - width(cell));
    return align[i] === "right" ? space + cell : cell + space;
  };
  return rows.map((row) => row.map((cell, i) => padded(cell || "-", i)).join("  ").trimEnd())
    .join("\n");
}
