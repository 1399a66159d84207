import { Bip39, EnglishMnemonic, Slip10, Slip10Curve, stringToPath } from "@cosmjs/crypto";

/** Whatever of a wallet's secret `bytes` hold, in words for a failing test. */
export type Leaks = (bytes: Uint8Array) => string[];

/** Bytes as text of one character each, so that text and raw keys are searched for alike. */
const latin1 = (bytes: Uint8Array) => new TextDecoder("latin1").decode(bytes);

/** Finds three words of the mnemonic in a row, its seed, and its private key, however they are written. */
export async function leaksOf(mnemonic: string): Promise<Leaks> {
  const words = mnemonic.split(" ");
  const runs = words.slice(2).map((_, i) => words.slice(i, i + 3).join("[^a-z]{1,12}"));
  const phrase = new RegExp(runs.join("|"), "i");
  const seed = await Bip39.mnemonicToSeed(new EnglishMnemonic(mnemonic));
  const path = stringToPath("m/44'/118'/0'/0/0");
  const { privkey, chainCode } = Slip10.derivePath(Slip10Curve.Secp256k1, seed, path);
  const secrets = Object.entries({
    ...{ seed, "private key": privkey, "chain code": chainCode },
    entropy: Bip39.decode(new EnglishMnemonic(mnemonic)),
  });
  return (bytes) => {
    const text = latin1(bytes);
    const small = text.toLowerCase();
    const found = secrets.filter(([, secret]) =>
      small.includes(secret.toHex()) || text.includes(secret.toBase64().replace(/=+$/, "")) ||
      text.includes(latin1(secret)) || small.includes(secret.join(","))
    );
    return [...phrase.test(text) ? ["words"] : [], ...found.map(([name]) => name)];
  };
}

/** Every file below `dir`, by its path. */
export function* filesBelow(dir: string): Generator<[path: string, bytes: Uint8Array]> {
  for (const { name, isDirectory, isFile } of Deno.readDirSync(dir)) {
    const path = `${dir}/${name}`;
    if (isDirectory) yield* filesBelow(path);
    else if (isFile) yield [path, Deno.readFileSync(path)];
  }
}
