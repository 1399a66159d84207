const UNITS = [["d", 86_400_000], ["h", 3_600_000], ["min", 60_000], ["s", 1000]] as const;

/** A duration in the largest unit of which it has two or more: "45 s", "90 min", "36 h", "5 d". */
export function durationText(ms: number): string {
  const size = Math.max(0, ms);
  const [name, unit] = UNITS.find(([, each]) => size >= 2 * each) ?? UNITS[3];
  return `${Math.floor(size / unit)} ${name}`;
}
