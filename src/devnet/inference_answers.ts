import { SDK } from "./chain_error.ts";
import { InferencesAnswer, LatestInference, NetworkAnswer } from "./emissions_answers.ts";
import { grpcError } from "./grpc_error.ts";
import { type ClosedEpoch, denseValues } from "./submissions.ts";
import type { Topic } from "./topics.ts";

const ZERO_ADDRESS = "allo1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqas6usy";

/** A worker's inference of the open window. Throws ChainError once it is closed, or evicted. */
export function latestInference(topic: Topic, address: string, generation: 9 | 10): Uint8Array {
  const topicId = topic.id;
  const submission = topic.open?.active.get(address);
  if (submission === undefined || topic.open === undefined) {
    const type = generation === 9 ? "github.com/cosmos/gogoproto/emissions.v3.Inference" : "bytes";
    throw SDK.invalidRequest.wrap(
      `collections: not found: key '("${topicId}", "${address}")' of type ${type}`,
    );
  }
  const { input, labels } = submission;
  const dense = denseValues(topic.spec, labels, submission);
  const values = topic.spec.arity === "single"
    ? input.values
    : labels.map((label, index) => ({ label, value: dense[index] ?? "0" }));
  return LatestInference.encode({
    inference: {
      topicId,
      blockHeight: topic.open.nonce,
      inferer: address,
      value: input.value,
      extraData: input.extraData,
      proof: input.proof,
      values,
    },
  });
}

/** Inferences of a closed epoch; none of one that never was. */
export function inferencesAnswer(
  topic: Topic,
  epoch: ClosedEpoch | undefined,
  generation: 9 | 10,
  blockHeight = 0,
): Uint8Array {
  const rows = (epoch?.submissions ?? []).map((submission) => ({
    topicId: topic.id,
    blockHeight: epoch?.nonce ?? 0,
    inferer: submission.worker,
    extraData: submission.input.extraData,
    proof: submission.input.proof,
    value: submission.values.get("y") ?? submission.input.value,
    values: denseValues(topic.spec, epoch?.labels ?? [], submission),
  }));
  return generation === 9
    ? InferencesAnswer[9].encode({ inferences: { inferences: rows }, blockHeight })
    : InferencesAnswer[10].encode({ inferences: { inferences: rows }, blockHeight });
}

/** What the network made of a closed epoch. Throws ChainError when it had nothing. */
export function networkAnswer(
  topic: Topic,
  epoch: ClosedEpoch | undefined,
  { generation, height }: { readonly generation: 9 | 10; readonly height: number },
  inferenceBlockHeight: number,
): Uint8Array {
  if (epoch?.network === undefined) {
    throw grpcError("NotFound", `network inferences not available for topic ${topic.id}`);
  }
  const { labels, submissions, network: { combined, naive } } = epoch;
  if (generation === 9) {
    return NetworkAnswer[9].encode({
      inferenceBlockHeight,
      networkInferences: {
        topicId: topic.id,
        reputerRequestNonce: { reputerNonce: { blockHeight: height } },
        reputer: ZERO_ADDRESS,
        combinedValue: combined[0] ?? "0",
        infererValues: submissions.map(({ worker, values, input }) => ({
          worker,
          value: values.get("y") ?? input.value,
        })),
        naiveValue: naive[0] ?? "0",
      },
    });
  }
  const labelled = (values: readonly string[]) =>
    labels.map((labelName, index) => ({
      labelId: index + 1,
      labelName,
      value: values[index] ?? "0",
    }));
  return NetworkAnswer[10].encode({
    inferenceBlockHeight,
    networkInferences: {
      topicId: topic.id,
      nonce: epoch.nonce,
      combinedValue: labelled(combined),
      infererValues: submissions.map((one) => ({
        worker: one.worker,
        values: labelled(denseValues(topic.spec, labels, one)),
      })),
      naiveValue: labelled(naive),
    },
  });
}
