import { PipelineError } from "../../errors.ts";
import type { Handler } from "../command.ts";
import { bashCompletions } from "./bash.ts";
import { fishCompletions } from "./fish.ts";
import { zshCompletions } from "./zsh.ts";

const SHELLS: Readonly<Record<string, () => string>> = {
  bash: bashCompletions,
  zsh: zshCompletions,
  fish: fishCompletions,
};

/** Prints a shell's completions. */
export const completions: Handler = ({ words: [shell = "", ...more] }, terminal) => {
  const print = more.length === 0 ? SHELLS[shell] : undefined;
  if (print === undefined) {
    const found = [shell, ...more].join(" ");
    throw new PipelineError(
      "usage",
      `Cannot print completions: "${found}" is no shell known here`,
      {
        hint: "one of bash, zsh, fish",
      },
    );
  }
  terminal.out(print());
  return Promise.resolve(0);
};
