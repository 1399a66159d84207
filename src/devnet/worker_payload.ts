import { Bech32Error, decodeAddress } from "./address.ts";
import { EMISSIONS, SDK, unregistered } from "./chain_error.ts";
import { parseDecimal, plainText } from "./decimal.ts";
import { emissionsEvent } from "./events.ts";
import { admittedValues, validateLabels } from "./labels.ts";
import { change, chargeFee, type MessageContext, topicOf } from "./message_context.ts";
import type { Inference, WorkerBundle, WorkerPayload } from "./messages.ts";
import { NilPointer } from "./nil_pointer.ts";
import type { EpochWindow } from "./submissions.ts";
import { lowestScore, type Topic } from "./topics.ts";
import { validateWorkerBundle } from "./worker_bundle.ts";

/** Bytes of a message at most (max_serialized_msg_length). */
const MAX_MESSAGE_BYTES = 1_000_000;

/**
 * InsertWorkerPayload, in the chain's order of checks (x/emissions msg_server_worker_payload.go).
 * Throws ChainError; NilPointer where the real server has nothing to hold on to.
 */
export function insertWorkerPayload(
  context: MessageContext,
  { sender, workerDataBundle: bundle }: WorkerPayload,
  version: number,
): void {
  if (bundle === undefined) throw new NilPointer(context.generation);
  const { meter } = context;
  checkWorkerAddress(bundle.worker);
  if (context.topics.get(Number(bundle.topicId))?.permits(bundle.worker) === false) {
    throw EMISSIONS.notPermitted.wrap("Worker is not permitted to submit payload");
  }
  const inference = validateWorkerBundle(bundle, version, context.height);
  meter.consume(1661, "ReadFlat");
  checkSize(bundle);
  const topic = topicOf(context, bundle.topicId, EMISSIONS.invalidTopicId);
  meter.consume(4072, "ReadFlat");
  const window = openWindow(topic, bundle, context.height);
  if (!topic.workers.has(bundle.worker)) {
    throw EMISSIONS.notRegistered.wrap("worker is not registered in this topic");
  }
  chargeFee(context, sender, context.dataFee);
  meter.consume(26_000, "ReadFlat");
  if (inference === undefined) return; // a forecast alone: taken, and of no use to this network
  const labelled = validateLabels(topic.spec, inference);
  const evicted = planAdmission(context, topic, window, labelled);
  meter.consume(8000, "WriteFlat");
  if (evicted === "not admitted") return;
  admit(context, topic, window, labelled, evicted);
  meter.consume(context.generation === 10 ? 21_743 : 11_290, "WritePerByte");
}

function checkWorkerAddress(worker: string): void {
  try {
    decodeAddress(worker);
  } catch (error) {
    if (!(error instanceof Bech32Error)) throw error;
    throw SDK.invalidAddress.wrap(
      `Error validating worker address: invalid bech32 address (${error.message})`,
    );
  }
}

function checkSize(bundle: WorkerBundle): void {
  const inference = bundle.inferenceForecastsBundle?.inference;
  const size = (inference?.extraData.length ?? 0) + (inference?.proof.length ?? 0);
  if (size > MAX_MESSAGE_BYTES) throw EMISSIONS.payloadTooLarge;
}

function openWindow(topic: Topic, bundle: WorkerBundle, height: number): EpochWindow {
  const window = topic.open;
  const nonce = bundle.nonce?.blockHeight ?? 0n;
  if (window === undefined || BigInt(window.nonce) !== nonce) throw EMISSIONS.nonceNotFound;
  // a simulation stands at the nonce's own block
  if (height >= window.nonce && height <= window.end) return window;
  throw EMISSIONS.workerWindowClosed.wrap(
    `Worker window not open for topic: ${topic.id}, current block ${height}, ` +
      `start window: ${window.nonce}, end window: ${window.end}`,
  );
}

/** Whom the active set loses for this inference, if anybody, or that it does not take it. */
function planAdmission(
  context: MessageContext,
  topic: Topic,
  window: EpochWindow,
  { inferer }: Inference,
): string | undefined | "not admitted" {
  const prefix = context.generation === 10
    ? "Error planning inference admission"
    : "Error appending inference";
  if (window.active.has(inferer)) throw unregistered("inference already submitted").wrap(prefix);
  const own = topic.score(inferer);
  if (own.nonce === window.nonce) throw EMISSIONS.emaOncePerWindow.wrap(prefix);
  if (window.active.size < topic.cap) return undefined;
  const lowest = lowestScore(topic, window.active.keys());
  const admitted = lowest !== undefined && Number(own.text) > Number(topic.score(lowest).text);
  const passive = admitted ? lowest : inferer;
  const before = topic.score(passive);
  change(
    context,
    () => topic.emaScores.set(passive, { text: before.text, nonce: window.nonce }),
    () => topic.emaScores.set(passive, before),
  );
  return admitted ? lowest : "not admitted";
}

function admit(
  context: MessageContext,
  topic: Topic,
  window: EpochWindow,
  inference: Inference,
  evicted: string | undefined,
): void {
  const values = admittedValues(topic.spec, inference);
  const before = window.labels;
  const labels = [...new Set([...before, ...values.keys()])];
  const out = evicted === undefined ? undefined : window.active.get(evicted);
  const worker = inference.inferer;
  change(
    context,
    () => {
      window.labels = labels;
      if (out !== undefined) window.active.delete(out.worker);
      window.active.set(worker, { worker, labels, input: inference, values });
    },
    () => {
      window.labels = before;
      window.active.delete(worker);
      if (out !== undefined) window.active.set(out.worker, out);
    },
  );
  const plain = (text: string) => plainText(parseDecimal(text));
  const shown = inference.values.map(({ label, value }) => ({ label, value: plain(value) }));
  context.events.push(emissionsEvent(context.generation, "InsertInfererPayload", {
    topic_id: topic.id,
    nonce: window.nonce,
    inferer: worker,
    value: plain(inference.value),
    extra_data: inference.extraData.length === 0 ? null : inference.extraData.toBase64(),
    ...(context.generation === 10 ? { values: shown } : {}),
  }));
}
