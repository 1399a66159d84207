/**
 * The contract with a running node, through src/chain alone: what it accepts, what it refuses and by
 * which code. ALLORA_RPC, ALLORA_MNEMONIC_FILE and ALLORA_TOPIC name the node, a funded wallet and a
 * topic; everything else (chain id, generation, prices, window) is asked from the node. It costs about
 * five fees. Without them it runs on devnets of both generations.
 */
import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  type Broadcast,
  type ChainClient,
  ChainRefusal,
  connect,
  type Receipt,
  type Window,
} from "../../src/chain/client.ts";
import { canonicalDecimal } from "../../src/chain/decimal.ts";
import { feeFor, gasLimitFor } from "../../src/chain/fees.ts";
import { newMnemonic, type Wallet, walletFromMnemonic } from "../../src/chain/keys.ts";
import {
  type ChainMessage,
  type Inference,
  payloadMessage,
  registerMessage,
} from "../../src/chain/payload.ts";
import { signTransaction, unsignedForSimulation } from "../../src/chain/transaction.ts";
import { startDevnet } from "../../src/devnet/start.ts";
import { realHost } from "../../src/host/host.ts";

interface Subject {
  readonly client: ChainClient;
  readonly wallet: Wallet;
  readonly topicId: bigint;
}

const NAMES = ["ALLORA_RPC", "ALLORA_MNEMONIC_FILE", "ALLORA_TOPIC"] as const;
const [rpc, mnemonicFile, topic] = NAMES.map((name) => Deno.env.get(name));

if (rpc !== undefined) {
  Deno.test(`the node at ${rpc} keeps the contract`, async (t) => {
    if (mnemonicFile === undefined || topic === undefined) {
      throw new Error(`Cannot test ${rpc}: ${NAMES.join(", ")} belong together`);
    }
    const client = await connect({ urls: [rpc], timeoutMs: 20_000, host: realHost });
    const wallet = await walletFromMnemonic(await Deno.readTextFile(mnemonicFile));
    await keepsContract(t, { client, wallet, topicId: BigInt(topic) });
  });
} else {
  for (const generation of [9, 10] as const) {
    Deno.test(`a devnet of v${generation} keeps the contract`, async (t) => {
      const topicId = 1;
      await using devnet = await startDevnet({
        generation,
        rpc: "127.0.0.1:0",
        market: "127.0.0.1:0",
        speed: 100, // a block each 50 ms
        topics: [{
          id: topicId,
          metadata: "1h BTC/USD Log-Return Prediction",
          lossMethod: "mse",
          epochLength: 60,
          submissionWindow: 48,
          groundTruthLag: 60,
          arity: "single",
        }],
      });
      const wallet = await walletFromMnemonic(newMnemonic());
      devnet.fund(wallet.address, 10n ** 18n);
      const client = await connect({ urls: [devnet.rpcUrl], timeoutMs: 5_000, host: realHost });
      assertEquals(client.generation, generation);
      await keepsContract(t, { client, wallet, topicId: BigInt(topicId) });
    });
  }
}

async function keepsContract(t: Deno.TestContext, subject: Subject) {
  const { client, wallet, topicId } = subject;
  let window: Window;
  let sent: Sent;

  await t.step("it tells its head, prices and topic, and its blocks have times", async () => {
    const { height, timeMs } = await client.head();
    assert(height > 1n);
    assert(await client.blockTimeMs(height - 1n) <= timeMs);
    assert(await client.gasPrice() > 0n);
    assert(await client.dataFeeUallo() >= 0n);
    assert(await client.registrationFeeUallo() >= 0n);
    assertEquals((await client.topic(topicId))?.id, topicId);
    assertEquals(await client.topic(2n ** 40n), undefined);
    assert(await client.account(wallet.address), `fund ${wallet.address} first`);
  });

  await t.step("it registers a worker, once", async () => {
    const register = registerMessage({ generation: client.generation, wallet, topicId });
    if (!(await client.window(topicId, wallet.address)).isRegistered) {
      assertEquals((await deliver(subject, [register])).receipt.code, 0);
    }
    assert((await client.window(topicId, wallet.address)).isRegistered);
    await assertSimulated(subject, register, ["emissions 8"]);
  });

  await t.step("it refuses at the door, free of charge, what is badly made", async () => {
    const message = registerMessage({ generation: client.generation, wallet, topicId });
    const { height } = await client.head();
    const account = await accountOf(subject);
    const table: [string, Partial<Terms>, string[]][] = [
      ["a sequence too high", { sequence: account.sequence + 1n }, ["sdk 32"]],
      ["another chain's signature", { chainId: "other-chain-1" }, ["sdk 4"]],
      ["no fee", { feeUallo: 0n }, ["sdk 13", "feemarket 1"]],
      ["a fee one short", { feeUallo: feeFor(GAS, await client.gasPrice(), 1) / 2n }, ["sdk 13"]],
      ["a timeout that has passed", { timeoutHeight: height - 1n }, ["sdk 30"]],
      ["too little gas", { gasLimit: 20_000n }, ["sdk 11"]],
      [
        "another generation's message",
        { messages: [{ ...message, typeUrl: "/emissions.v99.RegisterRequest" }] },
        ["sdk 2"],
      ],
    ];
    if (account.sequence > 0n) {
      table.push(["a sequence too low", { sequence: account.sequence - 1n }, ["sdk 32"]]);
    }
    for (const [what, terms, expected] of table) {
      const { outcome } = await send(subject, [message], terms);
      assertRefused(outcome, expected, what);
    }
    assertRefused(await client.broadcast(new Uint8Array([255, 255])), ["sdk 2"], "garbage");
  });

  await t.step("its window opens, and a good payload is taken", async () => {
    window = await openWindow(subject);
    assert(window.closes > window.opens);
    const message = await payload(subject, window.nonce ?? 0n);
    sent = await deliver(subject, [message], { timeoutHeight: window.closes });
    const { code, codespace, log, height, feeUallo } = sent.receipt;
    assertEquals(`${codespace} ${code}`, " 0", log);
    assert(height > window.opens && height <= window.closes, `included at ${height}`);
    assert(feeUallo > 0n);
  });

  await t.step("the same bytes again are known, and nothing is paid twice", async () => {
    const before = await client.balanceUallo(wallet.address);
    assertEquals(await client.broadcast(sent.bytes), { accepted: true });
    assertEquals(await client.balanceUallo(wallet.address), before);
  });

  await t.step(
    "it refuses the same window's second payload, rehearsed and in a block",
    async () => {
      const second = await payload(subject, window.nonce ?? 0n);
      await assertSimulated(subject, second, DUPLICATE);
      const { receipt } = await deliver(subject, [second], { gasLimit: GAS });
      assert(DUPLICATE.includes(`${receipt.codespace} ${receipt.code}`), receipt.log);
      assertEquals(new ChainRefusal("Cannot submit", receipt).class, "done");
    },
  );

  await t.step("it refuses a wrong bundle signature, and keeps the fee", async () => {
    const good = await payload(subject, window.nonce ?? 0n);
    const forged = { ...good, value: withBitFlipped(good.value) };
    await assertSimulated(subject, forged, ["sdk 4"]);
    const { receipt } = await deliver(subject, [forged], { gasLimit: GAS });
    assertEquals(`${receipt.codespace} ${receipt.code}`, "sdk 4", receipt.log);
    assert(receipt.feeUallo > 0n);
  });

  await t.step("it refuses a nonce that never was, and a topic that is not", async () => {
    const nonce = window.nonce ?? 0n;
    await assertSimulated(subject, await payload(subject, nonce - 1n), ["emissions 75"]);
    const elsewhere = { ...subject, topicId: 2n ** 40n };
    await assertSimulated(subject, await payload(elsewhere, nonce), [
      "emissions 6",
      "emissions 23",
    ]);
  });

  await t.step("after the close it proves the inference, and refuses the nonce", async () => {
    const nonce = window.nonce ?? 0n;
    const wasAdmitted = await client.latestInferenceNonce(topicId, wallet.address) === nonce;
    await headBeyond(client, window.closes + 1n);
    const stored = await client.inferencesAt(topicId, nonce);
    const own = stored.find(({ inferer }) => inferer === wallet.address);
    assertEquals(own !== undefined, wasAdmitted);
    if (own !== undefined) assert(own.values.includes(PROVEN), JSON.stringify(own));
    assertEquals((await client.networkInferenceAt(topicId, nonce))?.length !== 0, true);
    const late = await deliver(subject, [await payload(subject, nonce)], { gasLimit: GAS });
    const { codespace, code, log } = late.receipt;
    assert(["emissions 75", "emissions 67"].includes(`${codespace} ${code}`), log);
  });
}

/** Enough for any of the messages here; those that must fail cannot be rehearsed for their gas. */
const GAS = 300_000n;
const DUPLICATE = ["undefined 1", "emissions 78"];
const VALUE = "1.2345e-04";
const PROVEN = canonicalDecimal(VALUE);

interface Terms {
  readonly chainId: string;
  readonly sequence: bigint;
  readonly feeUallo: bigint;
  readonly gasLimit: bigint;
  readonly timeoutHeight: bigint;
  readonly messages: readonly ChainMessage[];
}

interface Sent {
  readonly bytes: Uint8Array;
  readonly receipt: Receipt;
}

async function accountOf({ client, wallet }: Subject) {
  const account = await client.account(wallet.address);
  if (account === undefined) throw new Error(`${wallet.address} holds nothing`);
  return account;
}

/** The prediction for the topic, whatever its arity: one label takes all in a MULTI topic. */
async function payload({ client, wallet, topicId }: Subject, nonce: bigint) {
  const topic = await client.topic(topicId);
  const inference: Inference = topic?.arity === "multi"
    ? { values: [{ label: topic.labelWhitelist[0] ?? "up", value: "1" }] }
    : { value: VALUE };
  return await payloadMessage({ generation: client.generation, wallet, topicId, nonce, inference });
}

async function send(subject: Subject, messages: readonly ChainMessage[], terms: Partial<Terms>) {
  const { client, wallet } = subject;
  const { number: accountNumber, sequence } = await accountOf(subject);
  const gasLimit = terms.gasLimit ?? GAS;
  const { bytes, hash } = await signTransaction({
    wallet,
    chainId: client.chainId,
    accountNumber,
    sequence,
    messages,
    gasLimit,
    feeUallo: feeFor(gasLimit, await client.gasPrice(), 1.2),
    timeoutHeight: 0n,
    ...terms,
  });
  return { bytes, hash, outcome: await client.broadcast(bytes) };
}

/** Sends, with gas from a rehearsal unless given, and waits until a block has it. */
async function deliver(
  subject: Subject,
  messages: readonly ChainMessage[],
  terms: Partial<Terms> = {},
): Promise<Sent> {
  const { client } = subject;
  const gasLimit = terms.gasLimit ?? gasLimitFor(await rehearse(subject, messages));
  const { bytes, hash, outcome } = await send(subject, messages, { ...terms, gasLimit });
  if (!outcome.accepted) throw outcome.refusal;
  const { height } = await client.head();
  for (;;) {
    const receipt = await client.transaction(hash);
    if (receipt !== undefined) return { bytes, receipt };
    if ((await client.head()).height > height + 20n) throw new Error(`${hash} is in no block`);
    await pause(client);
  }
}

async function rehearse(subject: Subject, messages: readonly ChainMessage[]): Promise<bigint> {
  const { sequence } = await accountOf(subject);
  const { publicKey } = subject.wallet;
  const tx = unsignedForSimulation({ publicKey, sequence, messages, timeoutHeight: 0n });
  return await subject.client.simulate(tx);
}

async function assertSimulated(subject: Subject, message: ChainMessage, expected: string[]) {
  const refusal = await assertRejects(() => rehearse(subject, [message]), ChainRefusal);
  assert(expected.includes(`${refusal.codespace} ${refusal.code}`), refusal.log);
}

function assertRefused(outcome: Broadcast, expected: string[], what: string) {
  if (outcome.accepted) throw new Error(`${what} was accepted`);
  const { codespace, code, log } = outcome.refusal;
  assert(expected.includes(`${codespace} ${code}`), `${what}: ${codespace} ${code}, ${log}`);
}

/** A window with most of its blocks ahead, so that every step fits. */
async function openWindow({ client, wallet, topicId }: Subject): Promise<Window> {
  for (;;) {
    const window = await client.window(topicId, wallet.address);
    const { height } = await client.head();
    if (window.isOpen && (window.closes - height) * 2n > window.closes - window.opens) {
      return window;
    }
    await pause(client);
  }
}

async function headBeyond(client: ChainClient, height: bigint) {
  while ((await client.head()).height < height) await pause(client);
}

/** About a third of a block. */
async function pause(client: ChainClient) {
  blockMs ??= await measureBlockMs(client);
  await realHost.sleep(blockMs / 3);
}
let blockMs: number | undefined;

async function measureBlockMs(client: ChainClient): Promise<number> {
  const started = performance.now();
  const first = (await client.head()).height;
  for (let ms = 20;; ms = Math.min(2 * ms, 1000)) {
    await realHost.sleep(ms);
    const blocks = Number((await client.head()).height - first);
    if (blocks >= 2) return (performance.now() - started) / blocks;
  }
}

/** The payload with the last bit of its bundle signature flipped (field 5, before the public key). */
function withBitFlipped(payload: Uint8Array): Uint8Array {
  const forged = payload.slice();
  const last = forged.length - (2 + 66) - 1;
  forged[last] = (forged[last] ?? 0) ^ 1;
  return forged;
}
