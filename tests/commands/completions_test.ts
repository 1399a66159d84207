import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { runMain } from "./run_main.ts";

/** Shell code that loads the completions, and that prints what they make of $typed. */
const SHELLS: Readonly<Record<string, { readonly load: string; readonly complete: string }>> = {
  bash: {
    load: "source ./completions",
    complete: `read -ra COMP_WORDS <<< "allora-pipeline $typed"
      [[ $typed == *' ' ]] && COMP_WORDS+=('')
      COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
      _allora_pipeline
      printf '%s\\n' "\${COMPREPLY[@]}"`,
  },
  fish: { load: "source ./completions", complete: `complete -C "allora-pipeline $typed"` },
  // A shell on a terminal of its own, where Tab is pressed.
  zsh: {
    load: `zmodload zsh/zpty; zpty shell zsh -f -i
      zpty -w shell 'PS1=; unset zle_bracketed_paste; zle_highlight=(none); LISTMAX=999'
      zpty -w shell 'autoload -U compinit; compinit -u -D; source ./completions; print loa""ded'
      zpty -r shell answer '*loaded*'`,
    complete: `zpty -n -w shell "allora-pipeline $typed"$'\\t\\C-a\\C-kprint do""ne\\n'
      zpty -r shell answer $'*done\\r\\n*'
      print -r -- $answer`,
  },
};

const CASES: readonly [typed: string, expected: readonly string[]][] = [
  ["wal", ["wallet"]],
  ["wallet ", ["new", "import", "address", "balance", "faucet", "register"]],
  ["wallet new --sh", ["--show"]],
  ["submit --dry", ["--dry-run"]],
  ["submit --rpc-t", ["--rpc-timeout"]],
  ["submit --log-level ", ["debug", "info", "warn", "error"]],
  ["completions ", ["bash", "zsh", "fish"]],
  ["help mod", ["model"]],
];

for (const [shell, { load, complete }] of Object.entries(SHELLS)) {
  const isThere = await new Deno.Command(shell, { args: ["-c", "true"] }).output()
    .then(({ success }) => success, () => false);
  if (!isThere) console.log(`skipped: completions for ${shell} need ${shell}`);
  Deno.test({
    name: `${shell} completes commands, flags and their values`,
    ignore: !isThere,
    fn: async () => {
      const dir = await Deno.makeTempDir({ prefix: "allora-completions-" });
      try {
        const { code, stdout } = await runMain(["completions", shell], { cwd: dir });
        assertEquals(code, 0);
        await Deno.writeTextFile(`${dir}/completions`, stdout);
        const set = shell === "fish" ? "set typed " : "typed=";
        const asked = CASES.map(([typed]) =>
          `${set}'${typed}'\n${complete}\n${shell === "zsh" ? "print" : "echo"} END`
        );
        const answer = await new Deno.Command(shell, {
          args: [...shell === "zsh" ? ["-f"] : [], "-c", [load, ...asked].join("\n")],
          ...{ cwd: dir, env: { HOME: dir, TERM: "dumb", LC_ALL: "C.UTF-8" } },
          signal: AbortSignal.timeout(20_000),
        }).output();
        // The bell rings in the middle of a word that zsh completes.
        const [said = "", complaint] = [answer.stdout, answer.stderr]
          .map((bytes) => new TextDecoder().decode(bytes).replaceAll("\x07", ""));
        assertEquals([answer.code, complaint], [0, ""]);
        const answers = said.split("END\n");
        for (const [i, [typed, expected]] of CASES.entries()) {
          for (const word of expected) {
            assertMatch(answers[i]!, new RegExp(`(^|\\s)${word}\\b`, "m"), typed);
          }
          assert(!answers[i]!.includes("devnet"), `${typed}: ${answers[i]}`);
        }
      } finally {
        await Deno.remove(dir, { recursive: true });
      }
    },
  });
}

Deno.test("another shell is a mistake that names those known", async () => {
  for (const words of [[], ["tcsh"], ["bash", "zsh"]]) {
    const { code, stderr } = await runMain(["completions", ...words], { cwd: Deno.cwd() });
    assertEquals(code, 64);
    assertStringIncludes(stderr, "one of bash, zsh, fish");
  }
});
