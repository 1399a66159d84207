const UNITS = [["d", 86_400], ["h", 3600], ["min", 60]] as const;

/** A length of time for a person: "12 s", "5 min", "3 h", "2.5 d". */
export function span(ms: number): string {
  const seconds = Math.abs(ms) / 1000;
  const [unit, length] = UNITS.find(([, length]) => seconds >= 2 * length) ?? ["s", 1];
  const amount = seconds / length;
  return `${amount < 10 && unit !== "s" ? Number(amount.toFixed(1)) : Math.round(amount)} ${unit}`;
}

/** "1 window", "2 windows". */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
