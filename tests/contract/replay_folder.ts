import { at, type Recording } from "../recordings/recording.ts";

export interface Recorded {
  /** Path below the folder. */
  readonly name: string;
  readonly recording: Recording;
  /** All recordings beside it. */
  readonly siblings: readonly Recording[];
}

/** Every recording in the folder and below, by name; the description of a node's binary is none. */
export function readRecordings(folder: string): readonly Recorded[] {
  const found: Recorded[] = [];
  const read = (below: string) => {
    const siblings: Recording[] = [];
    for (const entry of [...Deno.readDirSync(`${folder}${below}`)].sort(byName)) {
      const name = `${below}/${entry.name}`;
      if (entry.isDirectory) read(name);
      if (!entry.isFile || !name.endsWith(".json")) continue;
      const recording = JSON.parse(Deno.readTextFileSync(`${folder}${name}`));
      if (at(recording, "binary") !== undefined) continue;
      siblings.push(recording);
      found.push({ name: name.slice(1), recording, siblings });
    }
  };
  read("");
  return found;
}

function byName(a: Deno.DirEntry, b: Deno.DirEntry): number {
  return a.name < b.name ? -1 : 1;
}
