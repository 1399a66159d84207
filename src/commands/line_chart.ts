/** A line in braille dots, two by four to a character; rows of text from top to bottom. */
export interface LineChart {
  readonly rows: readonly string[];
  /** The values at the top and at the bottom edge. */
  readonly top: number;
  readonly bottom: number;
  /** The row that zero runs through. */
  readonly zeroRow: number;
}

const BLANK = 0x2800;
/** Bit of each dot of a braille character, by column and row. */
const DOTS = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]] as const;

/** Draws the values from left to right with a dotted line at zero, which is always in sight. */
export function lineChart(
  values: readonly number[],
  { width, height }: { readonly width: number; readonly height: number },
): LineChart {
  const top = Math.max(0, ...values);
  const bottom = Math.min(0, ...values);
  const [columns, dots] = [2 * width, 4 * height];
  const span = top - bottom || 1;
  const level = (value: number) => Math.round((top - value) / span * (dots - 1));
  const cells = Array.from({ length: height }, () => new Uint8Array(width));
  const dot = (x: number, y: number) => {
    cells[y >> 2]![x >> 1]! |= DOTS[x % 2 === 0 ? 0 : 1][y & 3]!;
  };
  for (let x = 0; x < columns; x += 4) dot(x, level(0));
  let before: number | undefined;
  for (let x = 0; x < columns && values.length > 0; x++) {
    const y = level(values[Math.floor(x * values.length / columns)]!);
    // A jump is drawn as a stroke, so that the line never falls apart.
    const from = before ?? y;
    for (let at = Math.min(from, y); at <= Math.max(from, y); at++) dot(x, at);
    before = y;
  }
  return {
    rows: cells.map((row) => Array.from(row, glyph).join("")),
    top,
    bottom,
    zeroRow: level(0) >> 2,
  };
}

const glyph = (bits: number) => bits === 0 ? " " : String.fromCharCode(BLANK + bits);
