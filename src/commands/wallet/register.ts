import { connectTo } from "../../cycle/connect.ts";
import {
  registerWorker,
  type Registration,
  type Standing,
  standingIn,
} from "../../cycle/register_worker.ts";
import { failureOf } from "../../cycle/run.ts";
import { Session } from "../../cycle/session.ts";
import { workerOf } from "../../cycle/worker.ts";
import { PipelineError } from "../../errors.ts";
import type { Handler } from "../command.ts";
import { topicIdOf } from "../flag_value.ts";
import { openRun, settingsOf, waitForWallet } from "../open_run.ts";
import { waiting } from "../progress.ts";
import { amount, facts } from "./facts.ts";

/** Registers the wallet as a worker of one topic, of any on the chain. */
export const register: Handler = async (invocation, terminal) => {
  const { json, switches, values: { topic } } = invocation;
  if (topic === undefined) {
    throw new PipelineError("usage", "Cannot register: --topic is missing", {
      hint: "allora-pipeline wallet register --topic 69",
    });
  }
  const topicId = topicIdOf(topic);
  const settings = settingsOf(invocation, terminal);
  const dryRun = switches.has("dry-run");
  using progress = waiting(terminal, "waiting for another program that uses the wallet");
  const say = (text: string) => json ? undefined : progress.terminal.out(text);
  using run = openRun(settings, progress.terminal, {
    ...{ dryRun, migrates: !dryRun },
    stop: terminal.stopSignal(),
  });
  try {
    const worker = await workerOf(run);
    using _lock = await waitForWallet(run, worker.address);
    progress.on(`asking ${settings.chainId} about topic ${topicId}`);
    const session = new Session(run, await connectTo(run), worker);
    const standing = await standingIn(session, topicId);
    say(facts(standingRows(topicId, worker.address, standing)));
    progress.on("waiting for a block with the registration");
    const registration = await registerWorker(session, topicId, standing);
    say(facts(registrationRows(topicId, registration)));
    if (json) {
      terminal.out(
        `${JSON.stringify(jsonOf(topicId, worker.address, standing, registration))}\n`,
      );
    }
    return 0;
  } catch (thrown) {
    throw failureOf(run, thrown);
  }
};

const yesNo = (yes: boolean) => yes ? "yes" : "no";

function standingRows(
  topicId: bigint,
  address: string,
  { isWhitelisted, isRegistered, registrationFeeUallo }: Standing,
): [string, string][] {
  return [
    ["topic", String(topicId)],
    ["wallet", address],
    ["whitelisted", yesNo(isWhitelisted)],
    ["registered", yesNo(isRegistered)],
    ["registration fee", amount(registrationFeeUallo)],
  ];
}

function registrationRows(topicId: bigint, registration: Registration): [string, string][] {
  const { state, flight, height, feeUallo } = registration;
  const rows: [string, string][] = [];
  if (flight !== undefined) rows.push(["transaction", flight.hash]);
  if (height !== undefined) rows.push(["height", String(height ?? "not told by the node")]);
  if (feeUallo !== undefined) rows.push(["paid", amount(feeUallo)]);
  return [...rows, ["outcome", OUTCOMES[state](topicId)]];
}

const OUTCOMES: Readonly<Record<Registration["state"], (topicId: bigint) => string>> = {
  registered: (topicId) => `registered in topic ${topicId}`,
  rehearsed: (topicId) => `topic ${topicId} would take the registration; nothing was sent`,
  already: (topicId) => `registered in topic ${topicId} already`,
};

function jsonOf(
  topicId: bigint,
  address: string,
  { isWhitelisted, registrationFeeUallo }: Standing,
  { state, flight, height, feeUallo }: Registration,
) {
  return {
    topic_id: String(topicId),
    address,
    whitelisted: isWhitelisted,
    registered: state !== "rehearsed",
    outcome: state === "already" ? "already-registered" : state,
    registration_fee_uallo: String(registrationFeeUallo),
    tx_hash: flight?.hash ?? null,
    height: height == null ? null : Number(height),
    fee_uallo: feeUallo === undefined ? null : String(feeUallo),
  };
}
