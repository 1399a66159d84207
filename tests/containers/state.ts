import { assertEquals } from "@std/assert";
import { gunzipSync } from "node:zlib";
import { connect } from "../../src/chain/client.ts";
import type { Devnet } from "../../src/devnet/start.ts";
import { realHost } from "../../src/host/host.ts";
import { eventually } from "../systemd/machine.ts";

/** Waits until so many transactions of the worker are in blocks; the first is its registration. */
export async function untilInBlocks(
  { rpcUrl }: Devnet,
  address: string,
  transactions: bigint,
): Promise<void> {
  const chain = await connect({ urls: [rpcUrl], timeoutMs: 5000, host: realHost });
  const sequence = async () => (await chain.account(address))?.sequence ?? 0n;
  await eventually(
    `${transactions} transactions`,
    async () => await sequence() >= transactions,
    240,
  );
}

/** Every line of submission.log and its archives. */
export async function logLines(dir: string): Promise<readonly string[]> {
  const names = (await Array.fromAsync(Deno.readDir(dir))).map(({ name }) => name);
  const logs = names.filter((name) => /^submission.*\.log(\.gz)?$/.test(name));
  const texts = await Promise.all(logs.map(async (name) => {
    const bytes = await Deno.readFile(`${dir}/${name}`);
    return new TextDecoder().decode(name.endsWith(".gz") ? gunzipSync(bytes) : bytes);
  }));
  return texts.flatMap((text) => text.split("\n")).filter((line) => line !== "");
}

/** An epoch of history --json, as far as it is looked at here. */
export interface Epoch {
  readonly nonce: number;
  readonly outcome: "proven" | "missed" | "unknown" | "open";
  readonly state: string | null;
}

/** Holds the logs to the ledger: since the first confirmed epoch none is lost, and each has its line, once. */
export async function assertNothingLost(epochs: readonly Epoch[], logs: string): Promise<void> {
  const isMet = ({ state }: Epoch) => state === "confirmed";
  const met = epochs.filter(isMet).map(({ nonce }) => nonce).toSorted((a, b) => a - b);
  const isLost = (epoch: Epoch) => !isMet(epoch) && epoch.outcome !== "open";
  assertEquals(epochs.filter((epoch) => epoch.nonce > met[0]! && isLost(epoch)), []);
  assertEquals(await confirmedInLogs(logs), met);
}

/** The nonces that the logs say are confirmed, in order, each as often as it is said. */
async function confirmedInLogs(dir: string): Promise<readonly number[]> {
  return (await logLines(dir)).filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line))
    .filter(({ event }) => event === "submission.confirmed")
    .map(({ nonce }) => Number(nonce))
    .sort((a, b) => a - b);
}

/** The files in the directories that are not the user's. */
export async function foreignFiles(
  dirs: readonly string[],
  uid: number,
): Promise<readonly string[]> {
  const { stdout } = await new Deno.Command("find", {
    args: [...dirs, "!", "-uid", String(uid)],
  }).output();
  return new TextDecoder().decode(stdout).split("\n").filter((path) => path !== "");
}
