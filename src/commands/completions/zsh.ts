import { places, quoted, SETTING_FLAGS, valuedFlags, type Word } from "./words.ts";

/** Completions for zsh, to be sourced, or put into a directory of $fpath as _allora-pipeline. */
export function zshCompletions(): string {
  const values = valuedFlags().map(({ text, value }) => {
    const way = value === "file"
      ? "_files"
      : Array.isArray(value)
      ? `compadd ${value.join(" ")}`
      : "";
    return `\t--${text}) ${way}; return ;;`;
  });
  const cases = places().map(({ after, words, flags, hasSettings }) =>
    `\t'${after}')\n${hasSettings ? "\t\tflags=($settings)\n" : ""}` +
    `\t\twords_here=(${described(words)})\n\t\tflags+=(${described(flags, "--")}) ;;`
  );
  return `#compdef allora-pipeline
# zsh completion for allora-pipeline, printed by: allora-pipeline completions zsh
_allora_pipeline() {
\tlocal after= word
\tlocal -a words_here flags settings
\tsettings=(${described(SETTING_FLAGS, "--")})
\tfor word in "\${(@)words[2,CURRENT-1]}"; do
\t\t[[ $word == -* ]] && break
\t\tafter+=\${after:+ }$word
\tdone
\tcase $words[CURRENT-1] in
${values.join("\n")}
\tesac
\tcase $after in
${cases.join("\n")}
\tesac
\t_describe -t commands command words_here
\t[[ $words[CURRENT] == -* ]] && _describe -o -t flags flag flags
}
if [[ \${funcstack[1]-} == _allora-pipeline ]]; then
\t_allora_pipeline "$@"
else
\tcompdef _allora_pipeline allora-pipeline
fi
`;
}

function described(words: readonly Word[], prefix = ""): string {
  return words.map(({ text, meaning }) =>
    quoted(`${prefix}${text}:${meaning.replaceAll("\\", "\\\\").replaceAll(":", "\\:")}`)
  ).join(" ");
}
