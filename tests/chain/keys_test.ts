import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  checkMnemonic,
  newMnemonic,
  walletFromKey,
  walletFromMnemonic,
} from "../../src/chain/keys.ts";
import { PipelineError } from "../../src/errors.ts";

const PHRASE = "abandon ".repeat(11) + "about";
const KEY = new Uint8Array(32).fill(1);

Deno.test("walletFromKey() gives the address and public key of the protocol's test vectors", async () => {
  const wallet = await walletFromKey(KEY);
  assertEquals(wallet.address, "allo10xcqpzrky6eff2g52qdye53xkk9jxkvr0nqlh6");
  assertEquals(
    wallet.publicKey.toHex(),
    "031b84c5567b126440995d3ed5aaba0565d71e1834604819ff9c17f5e9d5dd078f",
  );
});

Deno.test("walletFromMnemonic() derives the first Cosmos account, whatever the spacing", async () => {
  const wallet = await walletFromMnemonic(PHRASE);
  // The same key as the well-known cosmos19rl4cm2hmr8afy4kldpxz3fka4jguq0auqdal4 of this phrase.
  assertEquals(wallet.address, "allo19rl4cm2hmr8afy4kldpxz3fka4jguq0ajnh7gv");
  const spaced = await walletFromMnemonic(`\n ${PHRASE.replaceAll(" ", "  ").toUpperCase()}\n`);
  assertEquals(spaced.address, wallet.address);
});

Deno.test("signDigest() is deterministic, 64 bytes, low S", async () => {
  const wallet = await walletFromKey(KEY);
  const half = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n;
  for (let i = 0; i < 20; i++) {
    const digest = new Uint8Array(32).fill(i);
    const signature = await wallet.signDigest(digest);
    assertEquals(signature, await wallet.signDigest(digest));
    assertEquals(signature.length, 64);
    assert(BigInt(`0x${signature.slice(32).toHex()}`) <= half);
  }
});

Deno.test("a wallet shows its key neither printed, nor as JSON, nor by its properties", async () => {
  const wallet = await walletFromKey(KEY);
  const shown = [
    Deno.inspect(wallet, { showHidden: true, depth: 9, iterableLimit: 999 }),
    JSON.stringify(wallet),
    JSON.stringify({ ...wallet }),
    String(wallet),
  ].join("\n");
  assertEquals(/1, *1, *1, *1|0101|privkey/.test(shown.replace(/\s+/g, " ")), false);
  assertEquals(Object.keys(wallet).toSorted(), ["address", "publicKey"]);
});

Deno.test("newMnemonic() makes 24 words that pass the check, new each time", () => {
  const phrase = newMnemonic();
  assertEquals(phrase.split(" ").length, 24);
  checkMnemonic(phrase);
  assert(phrase !== newMnemonic());
});

Deno.test("checkMnemonic() tells what is wrong without any of the words", () => {
  const table: [string, string][] = [
    ["", "it has 0 words"],
    ["   \n", "it has 0 words"],
    ["abandon about", "it has 2 words, expected 12, 15, 18, 21 or 24"],
    ["abandon ".repeat(11) + "secretword", "word 12 is not in the English word list"],
    ["abandon ".repeat(12), "its checksum is wrong"],
    ["about " + "abandon ".repeat(11), "its checksum is wrong"],
  ];
  for (const [text, expected] of table) {
    const error = assertThrows(() => checkMnemonic(text), PipelineError, expected);
    assertEquals(error.kind, "config");
    assertEquals(error.cause, undefined);
    assertEquals(/abandon|about|secretword/.test(`${error.message} ${error.hint}`), false);
  }
});

Deno.test("walletFromKey() refuses what is no key, without showing it", async () => {
  for (
    const key of [new Uint8Array(32), new Uint8Array(31).fill(1), new Uint8Array(32).fill(255)]
  ) {
    const error = await assertRejects(() => walletFromKey(key), PipelineError, "no secp256k1 key");
    assertEquals(error.cause, undefined);
  }
});
