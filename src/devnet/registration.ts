import { Bech32Error, decodeAddress } from "./address.ts";
import { EMISSIONS, SDK } from "./chain_error.ts";
import { emissionsEvent } from "./events.ts";
import { change, chargeFee, type MessageContext, topicOf } from "./message_context.ts";
import type { EmissionsMessages } from "./messages.ts";
import type { Of } from "./wire.ts";

/** Answer of RegisterResponse.message. */
export const REGISTERED = "Node successfully registered";

/** Registers `sender` as worker or reputer of a topic for the registration fee. Throws ChainError. */
export function register(
  context: MessageContext,
  { sender, topicId, owner, isReputer }: Of<EmissionsMessages["RegisterRequest"]>,
): string {
  try {
    decodeAddress(owner);
  } catch (error) {
    if (!(error instanceof Bech32Error)) throw error;
    throw SDK.invalidAddress.wrap(`invalid owner address (${error.message})`);
  }
  context.meter.consume(1400, "ReadFlat");
  const topic = topicOf(context, topicId, EMISSIONS.topicMissing);
  const actors = isReputer ? topic.reputers : topic.workers;
  const actor = isReputer ? "reputer" : "worker";
  context.meter.consume(1000, "ReadFlat");
  if (actors.has(sender)) {
    throw EMISSIONS.alreadyRegistered.wrap(`${actor} is already registered in this topic`);
  }
  context.meter.consume(15_000, "ReadFlat");
  chargeFee(context, sender, context.registrationFee);
  change(context, () => actors.add(sender), () => actors.delete(sender));
  change(context, () => topic.owners.set(sender, owner), () => topic.owners.delete(sender));
  context.meter.consume(35_000, "WriteFlat");
  context.events.push(
    emissionsEvent(context.generation, isReputer ? "ReputerRegistered" : "WorkerRegistered", {
      topic_id: topic.id,
      [actor]: sender,
      owner,
    }),
  );
  return REGISTERED;
}

/** Takes a registration back. Throws ChainError. */
export function removeRegistration(
  context: MessageContext,
  { sender, topicId, isReputer }: Of<EmissionsMessages["RemoveRegistrationRequest"]>,
): string {
  const topic = topicOf(context, topicId, EMISSIONS.topicMissing);
  const actors = isReputer ? topic.reputers : topic.workers;
  context.meter.consume(3200, "WriteFlat");
  if (!actors.has(sender)) throw EMISSIONS.notRegistered;
  change(context, () => actors.delete(sender), () => actors.add(sender));
  return `Node successfully removed from topic ${topic.id}`;
}
