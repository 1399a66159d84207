/** The recordings of running nodes, read for the tests of the chain room. */

export interface Request {
  readonly signer: string;
  readonly private_key_hex: string;
  readonly account_number: number;
  readonly sequence: number;
  readonly chain_id: string;
  readonly gas_limit: number;
  readonly timeout_height: number;
  readonly memo: string;
  readonly messages?: readonly RecordedMessage[];
  /** Instead of `messages` in the recording of the vendor's own client. */
  readonly type_url?: string;
  readonly message_value_hex?: string;
  readonly bundle_hex?: string;
  readonly bundle_signature_hex?: string;
  readonly tx_base64: string;
  readonly tx_hash: string;
}

export interface RecordedMessage {
  readonly type_url: string;
  readonly value_hex: string;
}

export function messagesOf(request: Request | undefined): readonly RecordedMessage[] {
  if (request === undefined) return [];
  const { messages, type_url = "", message_value_hex: value_hex = "" } = request;
  return messages ?? [{ type_url, value_hex }];
}

export interface AbciResponse {
  readonly code: number;
  readonly codespace: string;
  readonly log: string;
  readonly value: string | null;
  readonly height: string;
}

/** What the tests read of a recording; every field depends on its kind. */
export interface Recording {
  readonly request?: Request;
  readonly abci_path?: string;
  readonly request_hex?: string;
  readonly abci_query_response?: AbciResponse;
  readonly jsonrpc_response?: unknown;
  readonly broadcast_tx_sync?: {
    readonly result: { code: number; codespace: string; log: string };
  };
  readonly tx?: { readonly result: { readonly tx_result: TxResult } };
  readonly result?: { readonly stage: string; code: number; codespace: string; log: string };
  readonly simulate?: { readonly abci_query_response: AbciResponse; readonly gas_used: number };
  readonly rows?: readonly DecimalRow[];
}

export interface TxResult {
  readonly code: number;
  readonly codespace: string;
  readonly log: string;
  readonly gas_used: string;
}

export interface DecimalRow {
  readonly text: string;
  readonly predicted_canonical: string;
  readonly signed_predicted_canonical: AbciResponse;
  readonly accepted_raw: boolean;
  readonly accepted_canonical: boolean;
}

export type Folder = "judge-v10" | "judge-v9" | "v0.8.0-genuine";

export const GENERATIONS: readonly (readonly [Folder, number])[] = [
  ["judge-v10", 10],
  ["judge-v9", 9],
  ["v0.8.0-genuine", 7],
];

const ROOT = new URL("../recordings/", import.meta.url);

export function recording(folder: Folder, name: string): Recording {
  return JSON.parse(Deno.readTextFileSync(new URL(`${folder}/${name}.json`, ROOT)));
}

/** Every recording of a folder with its name, in order. */
export function recordings(folder: Folder): (readonly [string, Recording])[] {
  return [...Deno.readDirSync(new URL(`${folder}/`, ROOT))]
    .map(({ name }) => name.replace(/\.json$/, ""))
    .sort()
    .map((name) => [name, recording(folder, name)]);
}
