const RFC_3339 = /^(\d{4})-(\d\d)-(\d\d)([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d))?$/;

/**
 * Epoch milliseconds of a day or of a time with its zone; undefined for anything else: a time without
 * a zone would be a guess.
 */
export function epochMsOf(text: string): number | undefined {
  const [, year, month, day] = RFC_3339.exec(text) ?? [];
  const isDay = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day))).getUTCDate() ===
    Number(day);
  const ms = isDay ? Date.parse(text) : NaN;
  return Number.isFinite(ms) ? ms : undefined;
}
