import { assert, assertEquals, assertThrows } from "@std/assert";
import { PipelineError } from "../../src/errors.ts";
import { createAtomically, writeAtomically } from "../../src/host/atomic_file.ts";

function inDirectory(body: (directory: string) => void): () => void {
  return () => {
    const directory = Deno.makeTempDirSync({ prefix: "atomic-" });
    try {
      body(directory);
    } finally {
      Deno.removeSync(directory, { recursive: true });
    }
  };
}
const names = (directory: string) => [...Deno.readDirSync(directory)].map(({ name }) => name);

Deno.test(
  "writeAtomically() replaces a file, makes its directory and leaves nothing else",
  inDirectory((directory) => {
    const path = `${directory}/models/1.json`;
    writeAtomically(path, "one");
    writeAtomically(path, new TextEncoder().encode("two"), { mode: 0o600 });
    assertEquals(Deno.readTextFileSync(path), "two");
    assertEquals(names(`${directory}/models`), ["1.json"]);
  }),
);

Deno.test(
  "writeAtomically() gives the mode that was asked for",
  inDirectory((directory) => {
    for (const mode of [0o600, 0o644, 0o666]) {
      writeAtomically(`${directory}/file`, "x", { mode });
      assertEquals((Deno.statSync(`${directory}/file`).mode ?? 0) & 0o777, mode);
    }
  }),
);

Deno.test(
  "writeAtomically() leaves an open reader the old bytes",
  inDirectory((directory) => {
    writeAtomically(`${directory}/file`, "old");
    using reader = Deno.openSync(`${directory}/file`);
    writeAtomically(`${directory}/file`, "new");
    const bytes = new Uint8Array(8);
    assertEquals(new TextDecoder().decode(bytes.subarray(0, reader.readSync(bytes) ?? 0)), "old");
  }),
);

Deno.test(
  "writeAtomically() throws and cleans up when the name is taken by a directory",
  inDirectory((directory) => {
    Deno.mkdirSync(`${directory}/file`);
    const error = assertThrows(() => writeAtomically(`${directory}/file`, "x"), PipelineError);
    assert(error.message.startsWith(`Cannot write ${directory}/file: `), error.message);
    assertEquals(names(directory), ["file"]);
  }),
);

Deno.test(
  "writeAtomically() throws config when a parent is a file",
  inDirectory((directory) => {
    Deno.writeTextFileSync(`${directory}/file`, "");
    const error = assertThrows(() => writeAtomically(`${directory}/file/x`, "x"), PipelineError);
    assertEquals(error.kind, "config");
  }),
);

Deno.test(
  "createAtomically() makes a file and its directories for the owner alone",
  inDirectory((directory) => {
    assertEquals(createAtomically(`${directory}/a/b/file`, "x", { mode: 0o600 }), true);
    const modeOf = (path: string) => (Deno.statSync(`${directory}/${path}`).mode ?? 0) & 0o777;
    assertEquals(["a", "a/b", "a/b/file"].map(modeOf), [0o700, 0o700, 0o600]);
    assertEquals(names(`${directory}/a/b`), ["file"]);
  }),
);

Deno.test(
  "createAtomically() leaves alone whatever has the name already",
  inDirectory((directory) => {
    Deno.writeTextFileSync(`${directory}/file`, "old");
    Deno.symlinkSync(`${directory}/nowhere`, `${directory}/link`);
    Deno.mkdirSync(`${directory}/dir`);
    for (const name of ["file", "link", "dir"]) {
      assertEquals(createAtomically(`${directory}/${name}`, "new", { mode: 0o600 }), false);
    }
    assertEquals(Deno.readTextFileSync(`${directory}/file`), "old");
    assertEquals(names(directory).sort(), ["dir", "file", "link"]);
  }),
);
