import { type Accounts, MODULE } from "./accounts.ts";
import { type AnteContext, feeOf, runAnte } from "./ante.ts";
import { ChainError, SDK, unregistered } from "./chain_error.ts";
import type { Event } from "./chain_types.ts";
import { event, tagged, transferEvents } from "./events.ts";
import { GAS, GasMeter } from "./gas.ts";
import type { MessageContext } from "./message_context.ts";
import type { TxMessage } from "./messages.ts";
import { NilPointer } from "./nil_pointer.ts";
import { insertReputerPayload } from "./reputer_payload.ts";
import { register, removeRegistration } from "./registration.ts";
import type { Transaction } from "./transaction.ts";
import { insertWorkerPayload } from "./worker_payload.ts";
import { MessageType } from "./wire.ts";
import { type AnyValue, bool, string } from "./wire_kinds.ts";

export type Mode = "check" | "deliver" | "simulate";

/** What a transaction runs against. `accounts` is the committed state, or the mempool's. */
export interface Environment
  extends
    Omit<AnteContext, "meter" | "simulate">,
    Pick<MessageContext, "generation" | "topics" | "registrationFee" | "dataFee"> {
  /** Gas of each message beside its own. */
  readonly surcharge: number;
}

export interface Execution {
  readonly error: ChainError | undefined;
  readonly gasWanted: number;
  readonly gasUsed: number;
  readonly events: readonly Event[];
  readonly responses: readonly AnyValue[];
}

/**
 * Runs one decoded transaction as the base application does: ante handler, messages, post handler.
 * What the ante handler took stays taken when a message fails; a check runs no message and a
 * simulation leaves nothing behind.
 */
export function execute(tx: Transaction, environment: Environment, mode: Mode): Execution {
  const simulate = mode === "simulate";
  const gasWanted = Number(tx.fee.gasLimit);
  const meter = new GasMeter(simulate ? Infinity : gasWanted);
  const accounts = environment.accounts.fork();
  const context = { ...environment, accounts, meter, simulate };
  let events: readonly Event[] = [];
  let responses: readonly AnyValue[] = [];
  let error: ChainError | undefined;
  try {
    checkMessages(tx.messages);
    events = runAnte(tx, context);
    if (!simulate) accounts.commit();
    if (mode === "check") {
      // a check keeps the post handler's events alone, and leaves the fee where it is
      const told: Event[] = [];
      runPost(tx, { ...context, accounts: accounts.fork() }, told, false);
      events = told;
    } else {
      const done = runMessages(tx, context);
      events = [...events, ...done.events];
      responses = done.responses;
      if (!simulate) accounts.commit();
    }
  } catch (thrown) {
    error = asChainError(thrown);
  }
  return { error, gasWanted, gasUsed: meter.consumed, events, responses };
}

/** All messages and the post handler, or nothing of them. Throws what they throw. */
function runMessages(
  tx: Transaction,
  context: AnteContext & Environment,
): Pick<Execution, "events" | "responses"> {
  const accounts = context.accounts.fork();
  const undo: (() => void)[] = [];
  const events: Event[] = [];
  const responses: AnyValue[] = [];
  try {
    for (const [index, message] of tx.messages.entries()) {
      const own: Event[] = [];
      context.meter.consume(context.surcharge, "WriteFlat");
      try {
        responses.push(runMessage(message, { ...context, accounts, undo, events: own }));
      } catch (thrown) {
        const error = asChainError(thrown);
        if (error.code === SDK.panic.code || error.code === SDK.outOfGas.code) throw error;
        runPost(tx, context, undefined);
        throw error.wrap(`failed to execute message; message index: ${index}`);
      }
      const all = [messageEvent(message), ...own];
      events.push(...all.map((one) => tagged(one, "msg_index", String(index))));
    }
    runPost(tx, { ...context, accounts }, events);
  } catch (error) {
    takeBack(undo);
    throw error;
  }
  if (context.simulate) takeBack(undo);
  else accounts.commit();
  return { events, responses };
}

function takeBack(undo: (() => void)[]): void {
  for (const undoIt of undo.reverse()) undoIt();
}

function checkMessages(messages: readonly TxMessage[]): void {
  if (messages.length === 0) throw SDK.invalidRequest.wrap("must contain at least one message");
  for (const message of messages) {
    if (message.kind !== "unhandled") continue;
    throw SDK.unknownRequest.wrap(`no message handler found for ${message.goType}`);
  }
}

/**
 * Splits the escrowed fee into what the gas so far costs and a tip for the proposer. Without
 * `events`, after a failure, it only uses gas: the fee stays where it is. A check `counts` for no
 * block's utilisation.
 */
function runPost(
  tx: Transaction,
  { meter, feeMarket, accounts, simulate }: AnteContext,
  events: Event[] | undefined,
  counts = !simulate,
): void {
  meter.charge(GAS.postFee);
  const gas = meter.consumed;
  const offered = simulate ? 0n : feeOf(tx);
  const cost = feeMarket.feeFor(gas);
  const fee = simulate || cost > offered ? offered : cost;
  meter.charge(GAS.postTransfer);
  if (events === undefined) return;
  if (counts && !feeMarket.use(gas)) {
    throw unregistered("block utilization cannot exceed max block utilization")
      .wrap("unable to update fee market state");
  }
  const shares: [string, bigint][] = [[MODULE.feeCollector, fee], [MODULE.proposer, offered - fee]];
  for (const [to, uallo] of shares) {
    if (uallo > 0n) accounts.transfer(MODULE.feeEscrow, to, uallo);
    events.push(...transferEvents(MODULE.feeEscrow, to, uallo > 0n ? `${uallo}uallo` : ""));
  }
  events.push(
    event("fee_pay", [["fee", `${fee}uallo`]]),
    event("tip_pay", [["tip", `${offered - fee}uallo`], ["tip_payee", MODULE.proposer]]),
  );
}

/** The router takes the second part of the package for the module's name: "bank", but also "v10". */
function messageEvent({ typeUrl, sender }: TxMessage): Event {
  const module = typeUrl.split(".")[1] ?? "";
  return event("message", [["action", typeUrl], ["sender", sender], ["module", module]]);
}

const Registration = new MessageType("*RegisterResponse", {
  success: [1, bool],
  message: [2, string],
});

function runMessage(message: TxMessage, context: MessageContext): AnyValue {
  const answer = (value: Uint8Array = new Uint8Array()) => {
    const name = message.kind === "send"
      ? `${message.typeUrl}Response`
      : message.typeUrl.replace(/Request$/, "Response");
    return { typeUrl: name, value };
  };
  switch (message.kind) {
    case "send":
      send(message.value, context);
      return answer();
    case "worker":
      insertWorkerPayload(context, message.value, message.version);
      return answer();
    case "reputer":
      insertReputerPayload(context, message.value, message.version);
      return answer();
    case "register":
      return answer(
        Registration.encode({ success: true, message: register(context, message.value) }),
      );
    case "unregister": {
      const text = removeRegistration(context, message.value);
      return answer(Registration.encode({ success: true, message: text }));
    }
    case "unhandled":
      throw SDK.unknownRequest.wrap(`no message handler found for ${message.goType}`);
  }
}

function send(
  { fromAddress, toAddress, amount }: Extract<TxMessage, { kind: "send" }>["value"],
  { accounts, meter, events }: { accounts: Accounts; meter: GasMeter; events: Event[] },
): void {
  if (amount.length === 0) throw SDK.invalidCoins;
  for (const { denom, amount: text } of amount) {
    if (!/^[0-9]+$/.test(text) || BigInt(text) === 0n) throw SDK.invalidCoins.wrap(text + denom);
    if (denom !== "uallo") {
      throw SDK.insufficientFunds.wrap(
        `spendable balance 0${denom} is smaller than ${text}${denom}`,
      );
    }
    accounts.transfer(fromAddress, toAddress, BigInt(text));
    events.push(...transferEvents(fromAddress, toAddress, text + denom));
  }
  meter.consume(20_457, "WriteFlat");
}

function asChainError(error: unknown): ChainError {
  if (error instanceof ChainError) return error;
  if (error instanceof NilPointer) return SDK.panic.wrap(error.message);
  throw error;
}
