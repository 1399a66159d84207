/**
 * Holds the devnet to the recordings of running nodes, over its sockets: each recording is replayed on
 * a devnet that starts from the recording's own state. RECORDINGS=DIR replays another folder.
 */
import { assert, assertEquals } from "@std/assert";
import { at, text } from "../recordings/recording.ts";
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

Deno.test("only REST and older generations are left out", () => {
  const left = recordings.filter(({ recording }) => outOfScope(recording) !== undefined);
  const others = left.filter(({ recording }) =>
    at(recording, "http_status") === undefined &&
    ["emissions.v9", "emissions.v10"].includes(text(recording, "chain", "generation"))
  );
  assertEquals(others.map(({ name }) => name), []);
});

for (const { name, recording, siblings } of recordings) {
  if (outOfScope(recording) !== undefined) continue;
  Deno.test(`the devnet repeats ${name}`, async () => {
    const kind = kindOf(recording);
    if (kind === undefined) throw new Error(`no way is known to replay ${Object.keys(recording)}`);
    await kind.replay(recording, siblings);
  });
}
