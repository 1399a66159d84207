import { assertEquals } from "@std/assert";
import { EnglishMnemonic } from "@cosmjs/crypto";
import { PROSE_WORDS, redactSecrets, secretIn } from "../../src/settings/secret_shapes.ts";

const WORDS = EnglishMnemonic.wordlist;

Deno.test("no word that marks prose is in BIP-39's list, whose words have 3 to 8 letters", () => {
  assertEquals(PROSE_WORDS.filter((word) => WORDS.includes(word)), []);
  assertEquals(WORDS.filter((word) => !/^[a-z]{3,8}$/.test(word)), []);
});

Deno.test("secretIn() and redactSecrets() find mnemonics of every length, anywhere in the list", () => {
  for (const count of [12, 15, 18, 21, 24]) {
    for (let start = 0; start + count <= WORDS.length; start += 97) {
      const mnemonic = WORDS.slice(start, start + count).join(" ");
      assertEquals(secretIn(mnemonic), "mnemonic");
      assertEquals(redactSecrets(`wallet: "${mnemonic}".`), 'wallet: "[redacted]".');
    }
  }
});

const SECRETS: readonly string[] = [
  WORDS.slice(0, 12).join(" ").toUpperCase(),
  WORDS.slice(0, 12).join("\n"),
  WORDS.slice(0, 12).join(", "),
  JSON.stringify(WORDS.slice(0, 12)).slice(2, -2),
  "a1".repeat(32),
  "0x" + "A1".repeat(32),
  "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA=",
];
for (const secret of SECRETS) {
  Deno.test(`redactSecrets() leaves nothing of ${JSON.stringify(secret.slice(0, 16))}…`, () => {
    assertEquals(redactSecrets(`before: ${secret}; after`), "before: [redacted]; after");
  });
}

const HARMLESS: readonly string[] = [
  "cannot read candles from venue because the server answered with html instead",
  "account sequence mismatch, expected 12, got 11: incorrect account sequence",
  "failed to execute message; message index: 0: worker nonce not found for this topic",
  // A public key of 33 bytes and a signature of 64, in hex and in base64.
  "02" + "a1".repeat(32),
  "a1".repeat(64),
  "AqvN7xI0VniQq83vEjRWeJCrze8SNFZ4kKvN7xI0VniQ",
  "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJCrze8SNFZ4kA==",
  "allo1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq",
];
for (const text of HARMLESS) {
  Deno.test(`redactSecrets() leaves ${JSON.stringify(text.slice(0, 24))}… as it is`, () => {
    assertEquals(redactSecrets(text), text);
    assertEquals(secretIn(text), undefined);
  });
}
