import type { Archived, Rotation } from "../../logs/rotate.ts";

/** A number of bytes for a person: 812 B, 33.5 kB, 1.2 GB. */
export function bytesText(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let place = 0, amount = bytes;
  for (; amount >= 999.95 && place < units.length - 1; place++) amount /= 1000;
  return `${place === 0 ? amount : amount.toFixed(1)} ${units[place]}`;
}

/** A line for each archive that was made, and for what else was done; "" when nothing was. */
export function rotationText({ archived, postponed, pruned }: Rotation): string {
  return [
    ...archived.map(archivedText),
    ...postponed.map((name) => `${name}: still written to, compressed by a later rotation`),
    ...pruned.length === 0 ? [] : [prunedText(pruned)],
  ].map((line) => `${line}\n`).join("");
}

const archivedText = ({ archive, lines, bytes, compressedBytes }: Archived) =>
  `${archive}: ${lines} ${lines === 1 ? "line" : "lines"}, ` +
  `${bytesText(bytes)} in ${bytesText(compressedBytes)}`;

/** What was deleted, in a line. */
export function prunedText(pruned: readonly string[]): string {
  const [first] = pruned, last = pruned.at(-1);
  return pruned.length === 1
    ? `deleted ${first}`
    : `deleted ${pruned.length} archives, ${first} to ${last}`;
}

export function rotationJson({ archived, postponed, pruned }: Rotation) {
  return {
    archived: archived.map(({ archive, lines, bytes, compressedBytes }) => ({
      ...{ archive, lines, bytes },
      compressed_bytes: compressedBytes,
    })),
    ...{ postponed, pruned },
  };
}
