import type { Command } from "../command.ts";

const TOPIC = { name: "topic", value: "N", meaning: "only this topic" };

/** `models` and its verb. */
export const MODELS_COMMANDS: readonly Command[] = [
  {
    name: "models",
    summary: "the kept models of each topic: which predicts, how old, how good; or two compared",
    about:
      "mse ratio: squared error of forecasts made while it was trained, for outcomes it could not know, " +
      "over the zero forecast's (for volatility the expanding mean's). live: the same over the epochs " +
      "it predicted that have come true. Below: why the one that predicts was promoted. With --topic and the ids of two models (their beginnings will do): " +
      "what differs, and how both did on what came after they were trained.",
    flags: [{ ...TOPIC }],
    hasSettings: true,
    words: "[--topic N [A B]]",
    load: async () => (await import("./models.ts")).models,
  },
  {
    name: "models rollback",
    summary: "let the model before predict again, or the one that is named; deletes none",
    about:
      "Without ID the parent: the model whose place the promoted one took. The next window is predicted " +
      "by it, and those after it until train --force or a model that is better beyond chance; its age " +
      "does not end that. Exit 78 when it was trained for another target, pair, horizon, interval or set of " +
      "labels than the topic has now.",
    flags: [{ ...TOPIC, meaning: "the topic, which must be named" }],
    hasSettings: true,
    words: "--topic N [ID]",
    load: async () => (await import("./rollback.ts")).rollback,
  },
];
