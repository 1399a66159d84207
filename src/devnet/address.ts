import { ripemd160, sha256 } from "@cosmjs/crypto";

export const PREFIX = "allo";
const CHARSET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
const GENERATOR = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];

/** What is wrong with a bech32 text, in the words of the chain's decoder (btcutil bech32). */
export class Bech32Error extends Error {}

/** The account address of a compressed secp256k1 key. */
export function addressOf(publicKey: Uint8Array): string {
  return encodeAddress(ripemd160(sha256(publicKey)));
}

export function encodeAddress(bytes: Uint8Array): string {
  const words = regroup(bytes, 8, 5, true);
  const checked = [...words, ...checksum(words)];
  return `${PREFIX}1${checked.map((word) => CHARSET[word]).join("")}`;
}

/** Throws Bech32Error. */
export function decodeAddress(text: string): Uint8Array {
  const fail = (reason: string) => new Bech32Error(`decoding bech32 failed: ${reason}`);
  if (text.trim() === "") throw new Bech32Error("empty address string is not allowed");
  if (text.length < 8) throw fail(`invalid bech32 string length ${text.length}`);
  const bad = [...text].find((char) => char < "!" || char > "~");
  if (bad !== undefined) throw fail(`invalid character in string: '${bad}'`);
  if (text !== text.toLowerCase() && text !== text.toUpperCase()) {
    throw fail("string not all lowercase or all uppercase");
  }
  const lower = text.toLowerCase();
  const separator = lower.lastIndexOf("1");
  if (separator < 1 || separator + 7 > lower.length) {
    throw fail(`invalid separator index ${separator}`);
  }
  const prefix = lower.slice(0, separator);
  const words = [...lower.slice(separator + 1)].map((char) => {
    const word = CHARSET.indexOf(char);
    if (word < 0) throw fail(`invalid character not part of charset: ${char.charCodeAt(0)}`);
    return word;
  });
  if (polymod([...expand(prefix), ...words]) !== 1) {
    const expected = checksum(words.slice(0, -6), prefix).map((word) => CHARSET[word]).join("");
    throw fail(`invalid checksum (expected ${expected} got ${lower.slice(-6)})`);
  }
  if (prefix !== PREFIX) {
    throw new Bech32Error(`invalid Bech32 prefix; expected ${PREFIX}, got ${prefix}`);
  }
  return Uint8Array.from(regroup(words.slice(0, -6), 5, 8, false));
}

function polymod(values: readonly number[]): number {
  let check = 1;
  for (const value of values) {
    const top = check >>> 25;
    check = ((check & 0x1ffffff) << 5) ^ value;
    for (const [bit, generator] of GENERATOR.entries()) if ((top >> bit) & 1) check ^= generator;
  }
  return check;
}

function expand(prefix: string): number[] {
  const codes = [...prefix].map((char) => char.charCodeAt(0));
  return [...codes.map((code) => code >> 5), 0, ...codes.map((code) => code & 31)];
}

function checksum(words: readonly number[], prefix = PREFIX): number[] {
  const check = polymod([...expand(prefix), ...words, 0, 0, 0, 0, 0, 0]) ^ 1;
  return [25, 20, 15, 10, 5, 0].map((shift) => (check >> shift) & 31);
}

/** Bits regrouped from words of `from` bits to words of `to`; `pad` keeps an incomplete last one. */
function regroup(words: Iterable<number>, from: number, to: number, pad: boolean): number[] {
  const out: number[] = [];
  let bits = 0, value = 0;
  for (const word of words) {
    value = ((value << from) | word) & 0xfff;
    bits += from;
    while (bits >= to) out.push((value >> (bits -= to)) & ((1 << to) - 1));
  }
  if (pad && bits > 0) out.push((value << (to - bits)) & ((1 << to) - 1));
  return out;
}
