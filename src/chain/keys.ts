import {
  Bip39,
  EnglishMnemonic,
  Secp256k1,
  Slip10,
  Slip10Curve,
  stringToPath,
} from "@cosmjs/crypto";
import { DirectSecp256k1Wallet, type OfflineDirectSigner } from "@cosmjs/proto-signing";
import { PipelineError } from "../errors.ts";

/** Bech32 prefix of accounts and the path of the first key (chain: app/params/config.go). */
const PREFIX = "allo";
const PATH = "m/44'/118'/0'/0/0";

/** A key that signs; it shows its address and public key, never itself. */
export interface Wallet extends OfflineDirectSigner {
  /** Bech32, `allo1…`. */
  readonly address: string;
  /** Compressed, 33 bytes. */
  readonly publicKey: Uint8Array;
  /** ECDSA over secp256k1 of a 32-byte digest: r||s, 64 bytes, low S, deterministic (RFC 6979). */
  signDigest(digest: Uint8Array): Promise<Uint8Array>;
}

/** The wallet of the phrase's first account. @throws PipelineError "config" for a bad phrase. */
export async function walletFromMnemonic(mnemonic: string): Promise<Wallet> {
  // mnemonicToSeed runs PBKDF2 in WebCrypto already: a call of our own measured the same.
  const seed = await Bip39.mnemonicToSeed(parse(mnemonic));
  const { privkey } = Slip10.derivePath(Slip10Curve.Secp256k1, seed, stringToPath(PATH));
  return await walletFromKey(privkey);
}

/** The wallet of a raw 32-byte private key. @throws PipelineError "config" for an impossible key. */
export async function walletFromKey(privateKey: Uint8Array): Promise<Wallet> {
  try {
    const signer = await DirectSecp256k1Wallet.fromKey(privateKey, PREFIX);
    const [account] = await signer.getAccounts();
    if (account !== undefined) {
      return new KeyWallet(privateKey, signer, account.address, account.pubkey);
    }
  } catch {
    // The cause is dropped on purpose: a library's message may hold the key.
  }
  throw new PipelineError(
    "config",
    "Cannot use the private key: it is no secp256k1 key of 32 bytes",
  );
}

/** A new phrase of 24 words, from 256 random bits. */
export function newMnemonic(): string {
  return Bip39.encode(crypto.getRandomValues(new Uint8Array(32))).toString();
}

/**
 * Checks a phrase: 12 to 24 words of the English list with a right checksum, whatever its spacing.
 * Returns it with single spaces.
 *
 * @throws PipelineError "config" that tells what is wrong without any of the words.
 */
export function checkMnemonic(text: string): string {
  return parse(text).toString();
}

function parse(text: string): EnglishMnemonic {
  const words = text.normalize("NFKD").trim().toLowerCase().split(/\s+/);
  if (![12, 15, 18, 21, 24].includes(words.length) || words[0] === "") {
    const count = words[0] === "" ? 0 : words.length;
    throw refusal(`it has ${count} words, expected 12, 15, 18, 21 or 24`);
  }
  const list = new Set(EnglishMnemonic.wordlist);
  const wrong = words.findIndex((word) => !list.has(word));
  if (wrong >= 0) throw refusal(`word ${wrong + 1} is not in the English word list`);
  try {
    return new EnglishMnemonic(words.join(" "));
  } catch {
    throw refusal("its checksum is wrong: a word is mistaken or two are swapped");
  }
}

function refusal(what: string): PipelineError {
  return new PipelineError("config", `Cannot use the mnemonic: ${what}`, {
    hint: "Compare it with the written copy; the words are not shown here.",
  });
}

class KeyWallet implements Wallet {
  readonly address: string;
  readonly publicKey: Uint8Array;
  // Private fields: neither JSON nor console output nor a spread can reach the key.
  readonly #key: Uint8Array;
  readonly #signer: OfflineDirectSigner;

  constructor(
    key: Uint8Array,
    signer: OfflineDirectSigner,
    address: string,
    publicKey: Uint8Array,
  ) {
    this.#key = key;
    this.#signer = signer;
    this.address = address;
    this.publicKey = publicKey;
  }

  async signDigest(digest: Uint8Array): Promise<Uint8Array> {
    const signature = await Secp256k1.createSignature(digest, this.#key);
    return signature.toFixedLength().slice(0, 64);
  }

  getAccounts() {
    return this.#signer.getAccounts();
  }

  signDirect(...args: Parameters<OfflineDirectSigner["signDirect"]>) {
    return this.#signer.signDirect(...args);
  }
}
