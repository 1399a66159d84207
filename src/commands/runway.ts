/** Beyond this a number of days says nothing to a person. */
const CENTURY_DAYS = 36_525;

/** How long the balance lasts, in words. */
export function runwayText(days: number): string {
  return days > CENTURY_DAYS ? "more than a hundred years" : `${days} days`;
}
