import type { DevnetChain } from "./chain.ts";
import type { FaultName } from "./faults.ts";

/** What a call carries, by name. */
export type Params = Readonly<Record<string, unknown>>;

/** One call as the node answers it, with the faults that strike it. */
export interface Call {
  readonly chain: DevnetChain;
  readonly params: Params;
  readonly faults: ReadonlyMap<FaultName, number>;
  /** Where the node listens, host:port. */
  readonly listen: string;
  /** Aborted when the node shuts down. */
  readonly closing: AbortSignal;
}

/** An error object of JSON-RPC in CometBFT's words. */
export class RpcError extends Error {
  readonly code: number;
  readonly data: string | undefined;

  constructor(code: number, message: string, data?: string) {
    super(message);
    this.code = code;
    this.data = data;
  }
}

export function internalError(data: string): RpcError {
  return new RpcError(-32603, "Internal error", data);
}

function invalid(reason: string): RpcError {
  const data = `error converting json params to arguments: ${reason}`;
  return new RpcError(-32602, "Invalid params", data);
}

/**
 * The `params` of a JSON-RPC request: an object as it is, an array by the order of `names`. Throws
 * RpcError "Invalid params" for anything else.
 */
export function namedParams(params: unknown, names: readonly string[]): Params {
  if (params === undefined || params === null) return {};
  if (Array.isArray(params)) {
    if (params.length === names.length) {
      return Object.fromEntries(names.map((name, i) => [name, params[i]]));
    }
    throw invalid(
      `expected ${names.length} parameters ([${names.join(" ")}]), got ${params.length} ` +
        `(${JSON.stringify(params)})`,
    );
  }
  if (isObject(params)) return params;
  throw invalid(`unknown type for JSON params: ${typeof params}. Expected map or array`);
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Parameters of a GET: ?height=5&prove=false&path="/a"&hash=0x…; bytes in the form JSON would have. */
export function uriParams(query: URLSearchParams): Params {
  return Object.fromEntries(
    [...query].map(([name, text]) => {
      if (text.startsWith("0x")) return [name, name === "data" ? text.slice(2) : base64Of(text)];
      if (text.startsWith('"') && text.endsWith('"')) return [name, text.slice(1, -1)];
      return [name, text === "true" ? true : text === "false" ? false : text];
    }),
  );
}

function base64Of(text: string): string {
  if (!/^0x([0-9a-f]{2})*$/i.test(text)) throw invalid(`${text} is no hexadecimal text`);
  return Uint8Array.fromHex(text.slice(2)).toBase64();
}

export function textParam(params: Params, name: string): string {
  const value = params[name] ?? "";
  if (typeof value === "string") return value;
  throw invalid(`json: cannot unmarshal ${typeof value} into Go value of type string`);
}

/** An int64, which comes as text. */
export function integerParam(params: Params, name: string): number | undefined {
  const value = params[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "string") {
    const found = JSON.stringify(JSON.stringify(value));
    throw invalid(`invalid 64-bit integer encoding ${found}, expected string`);
  }
  if (/^-?\d{1,15}$/.test(value)) return Number(value);
  throw invalid(`strconv.ParseInt: parsing ${JSON.stringify(value)}: invalid syntax`);
}

/** Bytes as base64; none when the parameter is missing. Go's decoder names the first byte it cannot read. */
export function base64Param(params: Params, name: string): Uint8Array {
  const text = textParam(params, name);
  const valid = /^[A-Za-z0-9+/]*={0,2}$/.exec(text) !== null && text.length % 4 === 0;
  if (valid) return Uint8Array.fromBase64(text);
  const readable = /^[A-Za-z0-9+/]*/.exec(text)?.[0].length ?? 0;
  throw invalid(`illegal base64 data at input byte ${readable}`);
}

/** Bytes as hexadecimal; none when the parameter is missing. */
export function hexParam(params: Params, name: string): Uint8Array {
  const text = textParam(params, name);
  const wrong = /[^0-9a-fA-F]/.exec(text)?.[0];
  if (wrong !== undefined) {
    const point = wrong.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0");
    throw invalid(`encoding/hex: invalid byte: U+${point} '${wrong}'`);
  }
  if (text.length % 2 === 1) throw invalid("encoding/hex: odd length hex string");
  return Uint8Array.fromHex(text);
}
