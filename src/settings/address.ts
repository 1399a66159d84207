import type { SettingType } from "./setting_type.ts";

const PREFIX = "allo";
const CHARSET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
const GENERATOR = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];
/** 20 bytes in 32 words of 5 bits, and 6 words of checksum. */
const SHAPE = /^allo1[02-9ac-hj-np-z]{38}$/;

/** Whether `text` is an account of the chain, its checksum included (bech32, BIP-173). */
export function isAddress(text: string): boolean {
  if (!SHAPE.test(text)) return false;
  const words = [...text.slice(PREFIX.length + 1)].map((letter) => CHARSET.indexOf(letter));
  const prefix = [...PREFIX].map((letter) => letter.charCodeAt(0));
  const high = prefix.map((code) => code >> 5);
  const low = prefix.map((code) => code & 31);
  return checksum([...high, 0, ...low, ...words]) === 1;
}

/** An account; a mistyped letter would send the fees' bill to nobody, which the checksum notices. */
export const address: SettingType<string> = {
  word: "ADDRESS",
  allowed: "an address allo1… of 43 characters whose checksum holds",
  parse: (text) => isAddress(text) ? text : undefined,
};

function checksum(words: readonly number[]): number {
  return words.reduce((sum, word) => {
    const shifted = ((sum & 0x1ffffff) << 5) ^ word;
    return GENERATOR.reduce((a, bits, place) => (sum >>> (25 + place)) & 1 ? a ^ bits : a, shifted);
  }, 1);
}
