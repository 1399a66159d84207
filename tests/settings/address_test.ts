import { assertEquals } from "@std/assert";
import { newMnemonic, walletFromMnemonic } from "../../src/chain/keys.ts";
import { encodeAddress } from "../../src/devnet/address.ts";
import { isAddress } from "../../src/settings/address.ts";

Deno.test("isAddress() takes what a wallet derives and what the devnet encodes", async () => {
  assertEquals(isAddress("allo10xcqpzrky6eff2g52qdye53xkk9jxkvr0nqlh6"), true);
  assertEquals(isAddress((await walletFromMnemonic(newMnemonic())).address), true);
  for (let made = 0; made < 50; made++) {
    assertEquals(isAddress(encodeAddress(crypto.getRandomValues(new Uint8Array(20)))), true);
  }
});

Deno.test("isAddress() notices every single mistyped letter and every swap of neighbours", () => {
  const right = "allo10xcqpzrky6eff2g52qdye53xkk9jxkvr0nqlh6";
  for (let place = 0; place < right.length; place++) {
    for (const letter of "qpzry9x8gf2tvdw0s3jn54khce6mua7l1bio") {
      const typed = right.slice(0, place) + letter + right.slice(place + 1);
      assertEquals(isAddress(typed), typed === right, typed);
    }
    const [a = "", b = ""] = right.slice(place, place + 2);
    const swapped = right.slice(0, place) + b + a + right.slice(place + 2);
    assertEquals(isAddress(swapped), swapped === right, swapped);
  }
});

Deno.test("isAddress() refuses other prefixes, lengths and cases", () => {
  for (
    const text of [
      "",
      "allo1",
      "cosmos19rl4cm2hmr8afy4kldpxz3fka4jguq0auqdal4",
      "ALLO10XCQPZRKY6EFF2G52QDYE53XKK9JXKVR0NQLH6",
      "allo10xcqpzrky6eff2g52qdye53xkk9jxkvr0nqlh6 ",
    ]
  ) assertEquals(isAddress(text), false, text);
});
