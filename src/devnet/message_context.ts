import { type Accounts, MODULE } from "./accounts.ts";
import { SDK } from "./chain_error.ts";
import type { Event } from "./chain_types.ts";
import { transferEvents } from "./events.ts";
import type { GasMeter } from "./gas.ts";
import type { Topic } from "./topics.ts";

/** What a message handler works with; it throws ChainError, and then nothing of it stays. */
export interface MessageContext {
  readonly generation: 9 | 10;
  readonly height: number;
  readonly accounts: Accounts;
  readonly topics: ReadonlyMap<number, Topic>;
  readonly meter: GasMeter;
  readonly events: Event[];
  /** How to take back each change outside `accounts`, in the order they were made. */
  readonly undo: (() => void)[];
  readonly registrationFee: bigint;
  readonly dataFee: bigint;
}

/** Runs `change` and remembers how to take it back. */
export function change(context: MessageContext, doIt: () => void, undoIt: () => void): void {
  doIt();
  context.undo.push(undoIt);
}

/** Takes a fee of the emissions module from `sender`. Throws SDK.insufficientFunds. */
export function chargeFee(context: MessageContext, sender: string, fee: bigint): void {
  if ((context.accounts.get(sender)?.balance ?? 0n) < fee) {
    throw SDK.insufficientFunds.wrap("sender has insufficient balance to cover fees");
  }
  context.accounts.transfer(sender, MODULE.ecosystem, fee);
  context.events.push(...transferEvents(sender, MODULE.ecosystem, `${fee}uallo`));
}

/** The topic with this id; `missing` says which error the message reports. */
export function topicOf(context: MessageContext, id: bigint, missing: Error): Topic {
  const topic = context.topics.get(Number(id));
  if (topic === undefined) throw missing;
  return topic;
}
