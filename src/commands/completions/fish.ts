import { type CompletedFlag, places, SETTING_FLAGS } from "./words.ts";

/** Completions for fish, to be sourced, or put into ~/.config/fish/completions/allora-pipeline.fish. */
export function fishCompletions(): string {
  const all = places();
  const withSettings = all.filter(({ hasSettings }) => hasSettings).map(({ after }) =>
    fishQuoted(after)
  );
  const rows = all.flatMap(({ after, words, flags }) => [
    ...words.map(({ text, meaning }) =>
      row(
        `__allora_pipeline_after "${after}"`,
        `-a ${fishQuoted(text)}${meaning === "" ? "" : ` -d ${fishQuoted(meaning)}`}`,
      )
    ),
    ...flags.map((flag) => row(`__allora_pipeline_after "${after}"`, flagArgs(flag))),
  ]);
  return `# fish completion for allora-pipeline, printed by: allora-pipeline completions fish
function __allora_pipeline_after
    set -l typed
    for word in (commandline -opc)[2..]
        string match -q -- '-*' $word; and break
        set -a typed $word
    end
    contains -- "$typed" $argv
end
function __allora_pipeline_takes_settings
    __allora_pipeline_after ${withSettings.join(" ")}
end
complete -c allora-pipeline -f
${rows.join("\n")}
${SETTING_FLAGS.map((flag) => row("__allora_pipeline_takes_settings", flagArgs(flag))).join("\n")}
`;
}

function row(condition: string, args: string): string {
  return `complete -c allora-pipeline -n ${fishQuoted(condition)} ${args}`;
}

function flagArgs({ text, meaning, value }: CompletedFlag): string {
  const how = value === "none"
    ? ""
    : value === "file"
    ? " -r -F"
    : value === "any"
    ? " -x"
    : ` -x -a ${fishQuoted(value.join(" "))}`;
  return `-l ${text}${how} -d ${fishQuoted(meaning)}`;
}

/** In fish's single quotes, only the backslash and the quote are special. */
function fishQuoted(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
