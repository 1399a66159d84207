import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { type ErrorKind, PipelineError } from "../../src/errors.ts";
import {
  checkVacant,
  fingerprint,
  readMnemonic,
  readVenueKey,
  writeMnemonic,
} from "../../src/host/credentials.ts";

const PHRASE = "test test test test test test test test test test test junk";

async function withFile(
  content: string | Uint8Array,
  mode: number,
  body: (path: string) => Promise<void>,
): Promise<void> {
  const directory = Deno.makeTempDirSync({ prefix: "credentials-" });
  const path = `${directory}/mnemonic`;
  Deno.writeFileSync(
    path,
    typeof content === "string" ? new TextEncoder().encode(content) : content,
  );
  Deno.chmodSync(path, mode);
  try {
    await body(path);
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
}

Deno.test("readMnemonic() joins the words by single spaces, however they were pasted", async () => {
  for (
    const content of [
      PHRASE,
      `${PHRASE}\n`,
      PHRASE.replaceAll(" ", "\r\n"),
      ` ${PHRASE.toUpperCase()} `,
    ]
  ) {
    await withFile(content, 0o600, async (path) => assertEquals(await readMnemonic(path), PHRASE));
  }
  await withFile(PHRASE, 0o400, async (path) => assertEquals(await readMnemonic(path), PHRASE));
});

Deno.test("readMnemonic() lets systemd choose the mode of a credential", async () => {
  await withFile(PHRASE, 0o440, async (path) => {
    const directory = path.replace(/\/mnemonic$/, "");
    assertEquals(await readMnemonic(path, directory), PHRASE);
    await assertRejects(() => readMnemonic(path, `${directory}/other`), PipelineError, "0440");
  });
});

const BAD_FILES: readonly {
  what: string;
  content: string | Uint8Array;
  mode?: number;
  kind?: ErrorKind;
  says: string;
  hint: string;
}[] = [
  {
    what: "readable by others",
    content: PHRASE,
    mode: 0o644,
    kind: "denied",
    says: "its mode is 0644",
    hint: "chmod 600",
  },
  {
    what: "executable",
    content: PHRASE,
    mode: 0o700,
    kind: "denied",
    says: "its mode is 0700",
    hint: "chmod 600",
  },
  { what: "empty", content: "", says: "it is empty", hint: "Ctrl-D" },
  { what: "blank", content: " \n\n", says: "it is empty", hint: "Ctrl-D" },
  { what: "one word short", content: PHRASE.slice(0, -5), says: "it has 11 words", hint: "alone" },
  {
    what: "two mnemonics",
    content: `${PHRASE} ${PHRASE} ${PHRASE}`,
    says: "it has 36 words",
    hint: "alone",
  },
  { what: "an env file", content: `MNEMONIC=x ${PHRASE}`, says: "it has 13 words", hint: "alone" },
  { what: "a private key", content: "ab".repeat(32), says: "it has 1 words", hint: "alone" },
  {
    what: "not text",
    content: new Uint8Array([0xff, 0xfe]),
    says: "it is not UTF-8 text",
    hint: "alone",
  },
  {
    what: "far too long",
    content: "test ".repeat(1000),
    says: "it is 5000 bytes long",
    hint: "alone",
  },
];
for (const { what, content, mode = 0o600, kind = "config", says, hint } of BAD_FILES) {
  Deno.test(`readMnemonic() refuses a file that is ${what} without repeating it`, async () => {
    await withFile(content, mode, async (path) => {
      const error = await assertRejects(() => readMnemonic(path), PipelineError);
      assertEquals(error.kind, kind);
      assertStringIncludes(error.message, `Cannot use the mnemonic in ${path}: ${says}`);
      assertStringIncludes(error.hint ?? "", hint);
      assert(!/test test|junk|abab/.test(error.message + error.hint));
    });
  });
}

Deno.test("readMnemonic() tells how to make a missing file, by a command that works", async () => {
  const directory = Deno.makeTempDirSync({ prefix: "credentials-" });
  const path = `${directory}/data/my mnemonic`;
  const error = await assertRejects(() => readMnemonic(path), PipelineError, "it is missing");
  const command = error.hint?.replace(/^.*Ctrl-D: /, "") ?? "";
  await new Deno.Command("sh", { args: ["-c", `echo '${PHRASE}' | ${command}`] }).output();
  assertEquals(await readMnemonic(path), PHRASE);
  const isDirectory = await assertRejects(() => readMnemonic(directory), PipelineError);
  assertStringIncludes(isDirectory.message, "it is a directory");
  Deno.removeSync(directory, { recursive: true });
});

Deno.test("readVenueKey() gives the one word of a file of mode 0600, and repeats none in an error", async () => {
  const KEY = "UP-0123456789abcdef";
  const read = (path: string) => readVenueKey(path, "atlas", "ALLORA_ATLAS_KEY_FILE");
  await withFile(`${KEY}\n`, 0o600, async (path) => assertEquals(await read(path), KEY));
  const cases:
    readonly (readonly [content: string, mode: number, says: string, kind: ErrorKind])[] = [
      [KEY, 0o640, "its mode is 0640", "denied"],
      [" \n", 0o600, "it is empty", "config"],
      [`ATLAS_KEY = ${KEY}`, 0o600, "it is not one word", "config"],
      [`${KEY}é`, 0o600, "it is not one word", "config"],
      ["UP-", 0o600, "it is not one word", "config"],
      [KEY.repeat(99), 0o600, "bytes long", "config"],
    ];
  for (const [content, mode, says, kind] of cases) {
    await withFile(content, mode, async (path) => {
      const error = await assertRejects(() => read(path), PipelineError);
      assertStringIncludes(error.message, `Cannot use the key of atlas in ${path}: `);
      assertStringIncludes(error.message, says);
      assertEquals([error.kind, (error.message + error.hint).includes("0123")], [kind, false]);
    });
  }
  const missing = await assertRejects(() => read("/nonexistent/atlas-key"), PipelineError);
  assertStringIncludes(missing.hint ?? "", "Paste the key");
});

Deno.test("fingerprint() is 16 hex digits, the same for the same mnemonic and another for another", async () => {
  const one = await fingerprint(PHRASE);
  assertMatch(one, /^[0-9a-f]{16}$/);
  assertEquals(await fingerprint(PHRASE), one);
  assert(await fingerprint(`${PHRASE} `) !== one);
});

Deno.test("writeMnemonic() writes what readMnemonic() takes, and never over a wallet", async () => {
  const directory = Deno.makeTempDirSync({ prefix: "credentials-" });
  const path = `${directory}/data/mnemonic`;
  checkVacant(path);
  writeMnemonic(path, PHRASE);
  assertEquals(await readMnemonic(path), PHRASE);
  for (const attempt of [() => checkVacant(path), () => writeMnemonic(path, "other words")]) {
    const error = assertThrows(attempt, PipelineError, "it is there already");
    assertEquals(error.kind, "config");
  }
  assertEquals(await readMnemonic(path), PHRASE);
  assertEquals(assertThrows(() => checkVacant(`${path}/below`), PipelineError).kind, "config");
  Deno.removeSync(directory, { recursive: true });
});
