/**
 * The entry of `words` that `word` was probably meant to be: one that it begins, or the nearest by
 * edits (a swap of neighbours counts once) when at most a third of the letters differ.
 */
export function closest(word: string, words: Iterable<string>): string | undefined {
  const typed = word.toLowerCase();
  let best: string | undefined;
  let least = Math.max(1, Math.floor(typed.length / 3)) + 1;
  for (const candidate of words) {
    const edits = typed.length >= 3 && candidate.toLowerCase().startsWith(typed)
      ? 0
      : distance(typed, candidate.toLowerCase());
    if (edits < least) [best, least] = [candidate, edits];
  }
  return best;
}

/** As closest(), for settings' names: what they share, ALLORA_, counts for nothing. */
export function closestName(name: string, names: readonly string[]): string | undefined {
  const bare = (full: string) => full.replace(/^ALLORA_/i, "");
  const meant = closest(bare(name), names.map(bare));
  return meant && `ALLORA_${meant}`;
}

/** Optimal string alignment distance (Levenshtein with transpositions), three rows at a time. */
function distance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = Number(a[i - 1] !== b[j - 1]);
      let edits = Math.min(at(row, j - 1) + 1, at(last, j) + 1, at(last, j - 1) + change);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        edits = Math.min(edits, at(beforeLast, j - 2) + 1);
      }
      row.push(edits);
    }
    [beforeLast, last] = [last, row];
  }
  return at(last, b.length);
}

const at = (row: readonly number[], index: number): number => row[index] ?? Infinity;
