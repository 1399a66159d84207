import { places, SETTING_FLAGS, valuedFlags } from "./words.ts";

/** Completions for bash, to be sourced or put into /usr/share/bash-completion/completions. */
export function bashCompletions(): string {
  const values = valuedFlags().map(({ text, value }) => {
    const way = value === "file" ? "-f" : `-W '${Array.isArray(value) ? value.join(" ") : ""}'`;
    return `\t--${text}) COMPREPLY=($(compgen ${way} -- "$cur")); return ;;`;
  });
  const settings = SETTING_FLAGS.map(({ text }) => `--${text}`).join(" ");
  const cases = places().map(({ after, words, flags, hasSettings }) => {
    const all = [...words.map(({ text }) => text), ...flags.map(({ text }) => `--${text}`)];
    return `\t'${after}') words="${all.join(" ")}${hasSettings ? " $settings" : ""}" ;;`;
  });
  return `# bash completion for allora-pipeline, printed by: allora-pipeline completions bash
_allora_pipeline() {
\tlocal cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} after= word words=
\tlocal settings='${settings}'
\tfor word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
\t\t[[ $word == -* ]] && break
\t\tafter+=\${after:+ }$word
\tdone
\tcase $prev in
${values.join("\n")}
\tesac
\tcase $after in
${cases.join("\n")}
\tesac
\tCOMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -F _allora_pipeline allora-pipeline
`;
}
