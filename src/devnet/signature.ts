import { ExtendedSecp256k1Signature, Secp256k1, sha256 } from "@cosmjs/crypto";

/** Half the order of secp256k1: a larger s is the malleable twin that CometBFT refuses. */
const HALF_ORDER = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n;

/**
 * Whether `signature` (64 bytes r||s, low s) over SHA-256(`message`) was made with `publicKey`
 * (33 bytes). By recovery, because blocks are produced synchronously.
 */
export function verifySignature(
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  if (signature.length !== 64 || publicKey.length !== 33) return false;
  const [r, s] = [signature.slice(0, 32), signature.slice(32)];
  if (r.every((byte) => byte === 0) || s.every((byte) => byte === 0)) return false;
  if (toBigInt(s) > HALF_ORDER) return false;
  const digest = sha256(message);
  return [0, 1].some((recovery) => recovers(r, s, recovery, digest, publicKey));
}

function recovers(
  r: Uint8Array,
  s: Uint8Array,
  recovery: number,
  digest: Uint8Array,
  publicKey: Uint8Array,
): boolean {
  try {
    const signature = new ExtendedSecp256k1Signature(trimmed(r), trimmed(s), recovery);
    const recovered = Secp256k1.compressPubkey(Secp256k1.recoverPubkey(signature, digest));
    return recovered.every((byte, index) => byte === publicKey[index]);
  } catch {
    return false; // r belongs to no point of the curve: nobody signed this
  }
}

function trimmed(bytes: Uint8Array): Uint8Array {
  return bytes.subarray(bytes.findIndex((byte) => byte !== 0));
}

function toBigInt(bytes: Uint8Array): bigint {
  return bytes.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
}
