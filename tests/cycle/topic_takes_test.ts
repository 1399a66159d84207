import { assertEquals, assertStringIncludes } from "@std/assert";
import { HOURLY, practise } from "./practice.ts";

const LABELS = "ALLORA_TARGET=labels\nALLORA_PAIR=BTC/USD\nALLORA_HORIZON=1h\n";
const spec = {
  ...{ id: 1, metadata: "BTC/USD", lossMethod: "mse", arity: "single" as const },
  ...{ epochLength: 720, submissionWindow: 600, groundTruthLag: 720 },
};
const multi = { ...spec, arity: "multi" as const, maxLabels: 3, requireUnity: true };

for (
  const [name, topic, file, says] of [
    ["labels for a topic of one number", spec, LABELS, "it takes a single number"],
    ["one number for a topic of labels", multi, HOURLY, "it takes a value for each label"],
    [
      "a label that the topic has not",
      { ...multi, labelWhitelist: ["falls", "neutral", "up"], unityTolerance: "0.1" },
      LABELS,
      'it has no label "down", only falls, neutral, up',
    ],
    ["more labels than it takes", { ...multi, maxLabels: 2 }, LABELS, "it takes 2 labels, not 3"],
    [
      "a return where the network says prices",
      {
        ...spec,
        ...{ firstNonce: 1441, epochLastEnded: 721, workers: [OTHER()] },
        inferences: [{ nonce: 721, worker: OTHER(), value: "67123.5" }],
      },
      HOURLY,
      "its network said 67123.5 last, which is no log-return of BTC/USD",
    ],
  ] as const
) {
  Deno.test(`${name} is caught before anything is signed`, async () => {
    await using worker = await practise({ topics: [topic], files: { "1": file } });
    worker.stepUntil("open");
    const { outcomes, exitCode } = await worker.visit();
    assertEquals(exitCode, 78);
    assertStringIncludes(outcomes[0]!.error!.message, says);
    assertEquals([await worker.sequence(), worker.ledger.history(1n, 1).length], [0n, 0]);
  });
}

function OTHER() {
  return "allo10xcqpzrky6eff2g52qdye53xkk9jxkvr0nqlh6";
}
