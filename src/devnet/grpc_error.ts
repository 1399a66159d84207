import { type ChainError, SDK } from "./chain_error.ts";

/** An error of a gRPC status, as the ABCI side of the node words it. */
export function grpcError(status: "NotFound" | "Internal" | "Unknown", text: string): ChainError {
  const error = status === "NotFound" ? SDK.keyNotFound : SDK.unknownRequest;
  return error.wrap(`rpc error: code = ${status} desc = ${text}`);
}
