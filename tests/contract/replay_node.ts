import { type Devnet, startDevnet } from "../../src/devnet/start.ts";
import { parseState, type State } from "../../src/devnet/state_file.ts";
import type { Recording } from "../recordings/recording.ts";
import { stateOf } from "../recordings/state_of.ts";

/** A devnet on the state of the recording, through the file that --state reads; blocks by step(). */
export function devnetOf(recording: Recording, over: Partial<State> = {}): Promise<Devnet> {
  const { accounts, topics, ...state } = { ...stateOf(recording), ...over };
  const file = {
    ...state,
    // Whoever a broken transaction names instead of an account cannot be in a state.
    accounts: accounts.filter(({ address }) => isAddress(address)),
    topics: topics.map((topic) => ({ ...topic, workers: topic.workers?.filter(isAddress) })),
  };
  return startDevnet({ state: parseState(snakeCased(file)), manual: true });
}

function isAddress(text: string): boolean {
  return /^allo1[0-9a-z]{38}$/.test(text);
}

/** The whole JSON-RPC answer, over the socket. */
export async function ask(devnet: Devnet, method: string, params: unknown): Promise<unknown> {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
  return await (await fetch(devnet.rpcUrl, { method: "POST", body })).json();
}

export function broadcast(devnet: Devnet, tx: Uint8Array, how = "sync"): Promise<unknown> {
  return ask(devnet, `broadcast_tx_${how}`, { tx: tx.toBase64() });
}

/** The answer of an abci_query. */
export async function query(devnet: Devnet, path: string, data: Uint8Array): Promise<unknown> {
  const params = { path, data: data.toHex(), height: "0", prove: false };
  const answer = await ask(devnet, "abci_query", params) as { result?: { response?: unknown } };
  return answer.result?.response;
}

/** As a person would write it in the file. */
function snakeCased(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(snakeCased);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).filter(([, inner]) => inner !== undefined).map(([name, inner]) => [
      name.replace(/[A-Z]/g, (capital) => `_${capital.toLowerCase()}`),
      snakeCased(inner),
    ]),
  );
}
