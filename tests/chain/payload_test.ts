import { assertEquals, assertRejects } from "@std/assert";
import { walletFromKey } from "../../src/chain/keys.ts";
import { InsertWorkerPayloadRequest, RegisterRequest } from "../../src/chain/messages.ts";
import { type Inference, payloadMessage, registerMessage } from "../../src/chain/payload.ts";
import { decode, encode } from "../../src/chain/wire.ts";
import { PipelineError } from "../../src/errors.ts";
import { GENERATIONS, messagesOf, recordings } from "./recordings.ts";

const vectorWallet = await walletFromKey(new Uint8Array(32).fill(1));

/** The vectors of the protocol facts: bundle, its signature, the inference that they are made from. */
const VECTORS: readonly (readonly [string, number[], bigint, Inference, string, string])[] = [
  [
    "A",
    [7, 9, 10],
    69n,
    { value: "2605.5338" },
    "0a3e084510c0843d1a2b616c6c6f3130786371707a726b793665666632673532716479653533786b6b396a786b7672306e716c68362209323630352e35333338",
    "37caab835002d377fa2a309cc43c876029af72d8111d03cedf697ead4f16efd65aca8443b116aa7e08bf10e40e0094ae49aa856b73343c000a07b816886827da",
  ],
  [
    "B",
    [7, 9, 10],
    69n,
    { value: "1.2345e-07" },
    "0a3e084510c0843d1a2b616c6c6f3130786371707a726b793665666632673532716479653533786b6b396a786b7672306e716c68362209312e32333435452d37",
    "32d76f8628b4e16fe08a5ce840f55a2eb32db54e8379020e4204ca6484b37ebe16db8337f94165ea7803f624641df461e38330bcc3b6b6235c56e17742971d1c",
  ],
  [
    "C",
    [10],
    87n,
    {
      values: [
        { label: "down", value: "0.2" },
        { label: "neutral", value: "0.3" },
        { label: "up", value: "0.5" },
      ],
    },
    "0a5e085710c0843d1a2b616c6c6f3130786371707a726b793665666632673532716479653533786b6b396a786b7672306e716c68362201303a0b0a04646f776e1203302e323a0e0a076e65757472616c1203302e333a090a0275701203302e35",
    "40345c90fabe5b3739eb0d4e7dd8b777b6343340c07c29b1846478558df415be7d89f089b4e05f2581a1864dfa1cd544eed9accd2da20745d61ac6e02d99eb6c",
  ],
];

for (const [name, generations, topicId, inference, bundle, signature] of VECTORS) {
  Deno.test(`payloadMessage() makes the bundle and signature of vector ${name}`, async () => {
    for (const generation of generations) {
      const { value } = await payloadMessage({
        generation,
        wallet: vectorWallet,
        topicId,
        nonce: 1_000_000n,
        inference,
      });
      const hex = value.toHex();
      assertEquals(hex.includes(`22${hexLength(bundle)}${bundle}2a40${signature}`), true);
    }
  });
}

/** Recordings whose payload our client never sends, each by what is wrong in its bytes. */
const BROKEN = new Set([
  "a_noncanonical_value_canonical_signature", // value text 1e-7
  "b_bad_bundle_signature",
  "b_bundle_empty",
  "b_bundle_signature_65_bytes",
  "b_bundle_signature_by_other_key",
  "b_missing_bundle_signature",
  "b_no_worker_data_bundle",
  "b_noncanonical_decimal_signed_raw",
  "b_nonce_mismatch", // outer nonce differs
  "b_pubkey_not_hex",
  "b_unknown_field_in_inference",
  "b_v10_values_field_on_older_chain", // labels before v10
  "b_value_comma",
  "b_value_empty",
  "b_value_inf_short",
  "b_value_infinity",
  "b_value_nan",
  "b_value_space",
  "b_value_text",
  "b_value_too_big",
  "b_value_too_small",
  "b_worker_bad_bech32",
  "d_multi_value_omitted_signed_omitted",
  "d_multi_value_omitted_signed_zero",
]);

const REPRODUCED = { "judge-v10": 40, "judge-v9": 13, "v0.8.0-genuine": 31 };

for (const [folder, ownGeneration] of GENERATIONS) {
  Deno.test(`payloadMessage() reproduces every sound payload of ${folder} bit for bit`, async () => {
    const broken = new Set<string>();
    let reproduced = 0;
    for (const [name, { request }] of recordings(folder)) {
      for (const { type_url, value_hex } of messagesOf(request)) {
        if (request === undefined || !type_url.endsWith(".InsertWorkerPayloadRequest")) continue;
        const generation = Number(/v(\d+)/.exec(type_url)?.[1]);
        if (generation !== ownGeneration) continue;
        const ours = await remake(generation, request.private_key_hex, value_hex);
        if (ours !== value_hex) broken.add(name);
        else reproduced++;
      }
    }
    const names = new Set(recordings(folder).map(([name]) => name));
    assertEquals(broken, BROKEN.intersection(names));
    assertEquals(reproduced, REPRODUCED[folder]);
  });

  Deno.test(`every payload and registration of ${folder}, broken or not, re-encodes to its bytes`, () => {
    let checked = 0;
    for (const [name, { request }] of recordings(folder)) {
      for (const { type_url, value_hex } of messagesOf(request)) {
        const table = type_url.endsWith(".InsertWorkerPayloadRequest")
          ? InsertWorkerPayloadRequest
          : type_url.endsWith(".RegisterRequest")
          ? RegisterRequest
          : undefined;
        if (table === undefined) continue;
        const again = table === RegisterRequest
          ? encode(RegisterRequest, decode(RegisterRequest, Uint8Array.fromHex(value_hex)))
          : encode(
            InsertWorkerPayloadRequest,
            decode(InsertWorkerPayloadRequest, Uint8Array.fromHex(value_hex)),
          );
        assertEquals(again.toHex(), value_hex, name);
        checked++;
      }
    }
    assertEquals(checked > 40, true);
  });

  Deno.test(`registerMessage() reproduces the registrations of ${folder}`, () => {
    let reproduced = 0;
    for (const [name, { request }] of recordings(folder)) {
      const [message] = request?.messages ?? [];
      if (request === undefined || !message?.type_url.endsWith(".RegisterRequest")) continue;
      const { topicId, owner } = decode(RegisterRequest, Uint8Array.fromHex(message.value_hex));
      if (owner !== request.signer) continue; // b_register_bad_owner
      const ours = registerMessage({
        generation: Number(/v(\d+)/.exec(message.type_url)?.[1]),
        wallet: { address: request.signer },
        topicId,
      });
      assertEquals(ours.typeUrl, message.type_url);
      assertEquals(ours.value.toHex(), message.value_hex, name);
      reproduced++;
    }
    assertEquals(reproduced > 5, true);
  });
}

Deno.test("payloadMessage() refuses labels on a chain older than v10", async () => {
  const error = await assertRejects(
    () =>
      payloadMessage({
        generation: 9,
        wallet: vectorWallet,
        topicId: 1n,
        nonce: 5n,
        inference: { values: [{ label: "y", value: "1" }] },
      }),
    PipelineError,
    "labels need v10",
  );
  assertEquals(error.kind, "config");
});

Deno.test("payloadMessage() refuses a value that the chain cannot hold", async () => {
  for (const value of ["NaN", "1E+41", "", "1,5"]) {
    await assertRejects(
      () =>
        payloadMessage({
          generation: 10,
          wallet: vectorWallet,
          topicId: 1n,
          nonce: 5n,
          inference: { value },
        }),
      PipelineError,
      "as a decimal",
    );
  }
});

/** Our payload for what a recorded one says; undefined when ours cannot say it. */
async function remake(generation: number, keyHex: string, valueHex: string) {
  const recorded = decode(InsertWorkerPayloadRequest, Uint8Array.fromHex(valueHex));
  const inference = recorded.workerDataBundle?.bundle?.inference;
  if (inference === undefined) return undefined;
  const { topicId, blockHeight: nonce, value = "", values } = inference;
  try {
    const message = await payloadMessage({
      generation,
      wallet: await walletFromKey(Uint8Array.fromHex(keyHex)),
      topicId,
      nonce,
      inference: values.length > 0
        ? { values: values.map((one) => ({ label: one.label, value: one.value ?? "" })) }
        : { value },
    });
    return message.value.toHex();
  } catch (thrown) {
    if (thrown instanceof PipelineError) return undefined;
    throw thrown;
  }
}

const hexLength = (hex: string) => (hex.length / 2).toString(16).padStart(2, "0");
