import { addressOf } from "./address.ts";
import { type ChainError, EMISSIONS, SDK } from "./chain_error.ts";
import { change, chargeFee, type MessageContext, topicOf } from "./message_context.ts";
import { emissionsMessages, type ReputerPayload } from "./messages.ts";
import { NilPointer } from "./nil_pointer.ts";
import { verifySignature } from "./signature.ts";

const BUNDLES = {
  7: emissionsMessages(7).ValueBundle,
  9: emissionsMessages(9).ValueBundle,
} as const;

/**
 * InsertReputerPayload: a reputer's losses for a closed nonce; they settle the epoch in place of
 * the losses the devnet would measure itself. Throws ChainError.
 */
export function insertReputerPayload(
  context: MessageContext,
  { sender, reputerValueBundle: bundle }: ReputerPayload,
  version: number,
): void {
  const values = bundle?.valueBundle;
  if (bundle === undefined || values === undefined) throw new NilPointer(context.generation);
  const invalid = (error: ChainError, reason: string) =>
    error.wrap(reason).wrap("Error validating reputer value bundle");
  if (!/^([0-9a-f]{2}){33}$/i.test(bundle.pubkey)) {
    throw invalid(SDK.invalidRequest, "invalid pubkey");
  }
  const key = Uint8Array.fromHex(bundle.pubkey);
  const signed = BUNDLES[version === 7 ? 7 : 9].encode(values);
  if (!verifySignature(key, signed, bundle.signature)) {
    throw invalid(SDK.unauthorized, "signature verification failed");
  }
  if (addressOf(key) !== values.reputer) {
    throw invalid(SDK.unauthorized, "reputer address does not match signature");
  }
  context.meter.consume(1661, "ReadFlat");
  const topic = topicOf(context, values.topicId, EMISSIONS.invalidTopicId);
  const nonce = values.reputerRequestNonce?.reputerNonce?.blockHeight ?? 0n;
  const epoch = topic.closed.get(Number(nonce));
  if (epoch === undefined || epoch.due === undefined) throw EMISSIONS.nonceNotFound;
  if (context.height <= epoch.nonce + topic.spec.groundTruthLag) {
    throw EMISSIONS.reputerWindowClosed;
  }
  if (!topic.reputers.has(values.reputer)) {
    throw EMISSIONS.notRegistered.wrap("reputer is not registered in this topic");
  }
  chargeFee(context, sender, context.dataFee);
  context.meter.consume(60_000, "WriteFlat");
  const losses = new Map(values.infererValues.map(({ worker, value }) => [worker, Number(value)]));
  const before = epoch.reported;
  change(
    context,
    () => epoch.reported = losses,
    () => before === undefined ? delete epoch.reported : epoch.reported = before,
  );
}
