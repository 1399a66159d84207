import { addressOf, Bech32Error, decodeAddress } from "./address.ts";
import { type ChainError, SDK } from "./chain_error.ts";
import {
  emissionsMessages,
  type Inference,
  type InferenceBundle,
  type WorkerBundle,
} from "./messages.ts";
import { verifySignature } from "./signature.ts";

const BUNDLES = {
  7: emissionsMessages(7).ForecastBundle,
  9: emissionsMessages(9).ForecastBundle,
  10: emissionsMessages(10).ForecastBundle,
} as const;

type Forecast = NonNullable<InferenceBundle["forecast"]>;

/**
 * Everything a worker's bundle says about itself: nonce, key, ids, signature over the bundle as the
 * chain would write it (x/emissions/types/validations.go). Returns the inference, undefined when
 * there is only a forecast. Throws ChainError.
 */
export function validateWorkerBundle(
  bundle: WorkerBundle,
  version: number,
  height: number,
): Inference | undefined {
  const source = `src/x/emissions/facade/v${version}/common.go:216`;
  const prefix = version === 7
    ? `Worker invalid data for block: ${height}`
    : "Error validating worker data bundle";
  const invalid = (error: ChainError, reason: string) => error.wrap(reason).wrap(prefix, source);
  const nonce = bundle.nonce?.blockHeight;
  if (nonce === undefined) {
    throw invalid(SDK.invalidRequest, "worker data bundle nonce cannot be nil");
  }
  if (nonce < 0n) {
    throw invalid(
      SDK.invalidType,
      "worker data bundle nonce is invalid: block height must be greater than or equal to 0",
    );
  }
  if (nonce === 0n) {
    throw invalid(SDK.invalidType, "worker data bundle nonce block height must be greater than 0");
  }
  if (bundle.worker === "") throw invalid(SDK.invalidRequest, "worker cannot be empty");
  if (bundle.pubkey === "") throw invalid(SDK.invalidRequest, "public key cannot be empty");
  if (!/^([0-9a-f]{2}){33}$/i.test(bundle.pubkey)) {
    throw invalid(SDK.invalidRequest, "invalid pubkey");
  }
  if (bundle.signature.length === 0) {
    throw invalid(SDK.invalidRequest, "signature cannot be empty");
  }
  const content = bundle.inferenceForecastsBundle;
  if (content === undefined) {
    throw invalid(SDK.invalidRequest, "inference forecasts bundle cannot be nil");
  }
  const { inference, forecast } = content;
  if (inference === undefined && forecast === undefined) {
    throw invalid(SDK.invalidRequest, "inference and forecast cannot both be nil");
  }
  const key = Uint8Array.fromHex(bundle.pubkey);
  const address = addressOf(key);
  if (inference !== undefined) {
    const { inferer } = inference;
    checkContents(inference, "inference", "inferer", inferer, invalid);
    checkBelongs(bundle, inference, "inference", "Inference.Inferer", inferer, address, invalid);
  }
  if (forecast !== undefined) {
    const { forecaster } = forecast;
    checkContents(forecast, "forecast", "forecast forecaster", forecaster, invalid);
    if (forecast.forecastElements.length === 0) {
      throw invalid(SDK.invalidRequest, "at least one forecast element must be provided");
    }
    checkBelongs(bundle, forecast, "forecast", "Forecast.Forecaster", forecaster, address, invalid);
  }
  const signed = BUNDLES[version === 7 || version === 9 ? version : 10].encode(content);
  if (!verifySignature(key, signed, bundle.signature)) {
    throw invalid(SDK.unauthorized, "signature verification failed");
  }
  if (address !== bundle.worker) {
    throw invalid(SDK.unauthorized, "worker address does not match signature");
  }
  return inference;
}

type Contents = Pick<Inference | Forecast, "topicId" | "blockHeight">;
type Invalid = (error: ChainError, reason: string) => ChainError;

function checkContents(
  { topicId, blockHeight }: Contents,
  name: string,
  actor: string,
  address: string,
  invalid: Invalid,
): void {
  const fail = (error: ChainError, reason: string) =>
    invalid(error, `${name} contents are invalid: ${reason}`);
  const about = name === "forecast" ? "forecast " : "";
  if (topicId === 0n) {
    throw fail(SDK.invalidType, `${about}topic id is invalid: topic id zero is reserved`);
  }
  try {
    decodeAddress(address);
  } catch (error) {
    if (!(error instanceof Bech32Error)) throw error;
    const reason = `invalid bech32 address (${error.message})`;
    throw fail(SDK.invalidAddress, `${actor} address is invalid: ${reason}`);
  }
  if (blockHeight < 0n) {
    throw fail(
      SDK.invalidType,
      `${about}block height is invalid: block height must be greater than or equal to 0`,
    );
  }
}

function checkBelongs(
  bundle: WorkerBundle,
  { topicId, blockHeight }: Contents,
  name: string,
  field: string,
  actor: string,
  address: string,
  invalid: Invalid,
): void {
  if (actor !== address) {
    throw invalid(SDK.unauthorized, `${field} ${actor} does not match pubkey ${address}`);
  }
  if (actor !== bundle.worker) {
    throw invalid(
      SDK.unauthorized,
      `${field} ${actor} does not match worker address ${bundle.worker}`,
    );
  }
  if (topicId !== bundle.topicId) {
    throw invalid(
      SDK.invalidRequest,
      `${name} topic id ${topicId} does not match bundle topic id ${bundle.topicId}`,
    );
  }
  const nonce = bundle.nonce?.blockHeight ?? 0n;
  if (blockHeight !== nonce) {
    throw invalid(
      SDK.invalidRequest,
      `${name} block height ${blockHeight} does not match bundle block height ${nonce}`,
    );
  }
}
