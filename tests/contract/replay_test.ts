/**
 * Holds the devnet to the recordings of running nodes, over its sockets: each recording is replayed on
 * a devnet that starts from the recording's own state. RECORDINGS=DIR replays another folder.
 */
import { assert, assertEquals } from "@std/assert";
import { text } from "../recordings/recording.ts";
import { kindOf, outOfScope } from "./replay_kinds.ts";
import { readRecordings } from "./replay_folder.ts";

const folder = Deno.env.get("RECORDINGS") ?? new URL("../recordings", import.meta.url).pathname;
const recordings = readRecordings(folder);

Deno.test(`${folder} holds recordings, and says of which chain each is`, () => {
  assert(recordings.length > 0);
  const nameless = recordings.filter(({ recording }) =>
    text(recording, "chain", "generation") === ""
  );
  assertEquals(nameless.map(({ name }) => name), []);
});

for (const [reason, names] of Map.groupBy(recordings, ({ recording }) => outOfScope(recording))) {
  if (reason === undefined) continue;
  Deno.test(`${names.length} recordings are not for the devnet: ${reason}`, () => {});
}

for (const { name, recording, siblings } of recordings) {
  if (outOfScope(recording) !== undefined) continue;
  Deno.test(`the devnet repeats ${name}`, async () => {
    const kind = kindOf(recording);
    if (kind === undefined) throw new Error(`no way is known to replay ${Object.keys(recording)}`);
    await kind.replay(recording, siblings);
  });
}
