import { assertEquals, assertRejects } from "@std/assert";
import { walletFromKey } from "../../src/chain/keys.ts";
import { AuthInfo, Fee, PubKey, TxBody, TxRaw } from "../../src/chain/messages.ts";
import { signTransaction, unsignedForSimulation } from "../../src/chain/transaction.ts";
import { decode, encode } from "../../src/chain/wire.ts";
import { PipelineError } from "../../src/errors.ts";
import { GENERATIONS, recordings, type Request } from "./recordings.ts";

/** Recorded transactions that our client cannot make, each for the reason beside it. */
const NOT_OURS = new Set([
  "b_bad_tx_signature", // one bit flipped
  "b_fee_none", // no fee coin
  "b_wrong_chain_id", // the request names the right chain, the signature another
]);

for (const [folder] of GENERATIONS) {
  Deno.test(`signTransaction() makes the recorded bytes and hashes of ${folder}`, async () => {
    const different = new Set<string>();
    let same = 0;
    for (const [name, { request }] of recordings(folder)) {
      if (request?.messages === undefined || request.tx_base64 === undefined) continue;
      const { bytes, hash } = await sign(request);
      if (bytes.toBase64() !== request.tx_base64) {
        different.add(name);
        continue;
      }
      assertEquals(hash, request.tx_hash);
      same++;
    }
    assertEquals([...different].filter((name) => !NOT_OURS.has(name)), []);
    assertEquals(same > 40, true);
  });

  Deno.test(`unsignedForSimulation() differs from what is sent in fee and signature alone, ${folder}`, () => {
    for (const [name, { request }] of recordings(folder)) {
      if (request?.messages === undefined || request.tx_base64 === undefined) continue;
      const sent = decode(TxRaw, Uint8Array.fromBase64(request.tx_base64));
      const auth = decode(AuthInfo, sent.authInfoBytes);
      const [signer] = auth.signerInfos;
      const rehearsed = decode(
        TxRaw,
        unsignedForSimulation({
          publicKey: decode(PubKey, signer?.publicKey?.value ?? new Uint8Array()).key,
          sequence: BigInt(request.sequence),
          messages: messagesOf(request),
          timeoutHeight: BigInt(request.timeout_height),
          feeGranter: auth.fee?.granter ?? "",
          memo: request.memo,
        }),
      );
      const withFee = { ...decode(AuthInfo, rehearsed.authInfoBytes), fee: auth.fee };
      assertEquals(encode(AuthInfo, withFee), sent.authInfoBytes, name);
      assertEquals(rehearsed.bodyBytes, sent.bodyBytes, name);
      assertEquals(rehearsed.signatures[0]?.length, 64);
    }
  });
}

Deno.test("signTransaction() makes equal bytes from equal arguments", async () => {
  const request = recordings("judge-v10").find(([name]) => name === "a_submit_single_ok")?.[1]
    .request;
  assertEquals(request && await sign(request), request && await sign(request));
});

Deno.test("signTransaction() writes granter, timeout height and memo", async () => {
  const wallet = await walletFromKey(new Uint8Array(32).fill(1));
  const { bytes } = await signTransaction({
    wallet,
    chainId: "allora-devnet-1",
    accountNumber: 1n,
    sequence: 2n,
    messages: [{ typeUrl: "/some.Type", value: new Uint8Array([8, 1]) }],
    feeUallo: 3n,
    gasLimit: 4n,
    feeGranter: wallet.address,
    timeoutHeight: 5n,
    memo: "hello",
  });
  const raw = decode(TxRaw, bytes);
  const { fee } = decode(AuthInfo, raw.authInfoBytes);
  assertEquals(fee, {
    amount: [{ denom: "uallo", amount: "3" }],
    gasLimit: 4n,
    payer: "",
    granter: wallet.address,
  });
  assertEquals(decode(TxBody, raw.bodyBytes), {
    messages: [{ typeUrl: "/some.Type", value: new Uint8Array([8, 1]) }],
    memo: "hello",
    timeoutHeight: 5n,
  });
});

Deno.test("signTransaction() refuses a sequence that a number cannot hold", async () => {
  const request = recordings("judge-v10").find(([name]) => name === "a_submit_single_ok")?.[1]
    .request;
  if (request === undefined) throw new Error("recording is missing");
  await assertRejects(
    () => sign(request, { sequence: 2n ** 60n }),
    PipelineError,
    "no safe integer",
  );
});

async function sign(request: Request, over: { sequence?: bigint } = {}) {
  const sent = decode(TxRaw, Uint8Array.fromBase64(request.tx_base64));
  const fee = decode(AuthInfo, sent.authInfoBytes).fee ?? decode(Fee, new Uint8Array());
  return await signTransaction({
    wallet: await walletFromKey(Uint8Array.fromHex(request.private_key_hex)),
    chainId: request.chain_id,
    accountNumber: BigInt(request.account_number),
    sequence: BigInt(request.sequence),
    messages: messagesOf(request),
    feeUallo: BigInt(fee.amount[0]?.amount ?? 0),
    gasLimit: BigInt(request.gas_limit),
    ...(fee.granter === "" ? {} : { feeGranter: fee.granter }),
    timeoutHeight: BigInt(request.timeout_height),
    memo: request.memo,
    ...over,
  });
}

function messagesOf(request: Request) {
  return (request.messages ?? []).map(({ type_url, value_hex }) => ({
    typeUrl: type_url,
    value: Uint8Array.fromHex(value_hex),
  }));
}
