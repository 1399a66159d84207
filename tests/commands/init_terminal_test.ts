import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { bench, hasScript, settingsIn, typeAt } from "./init_bench.ts";

if (!hasScript) console.log("skipped: init on a terminal needs script(1) of util-linux");

const HOOK = "https://hooks.example.org/services/T0/B0/very-secret";

Deno.test({
  name: "a person is led from nothing to GO, and corrected on the way",
  ignore: !hasScript,
  fn: async () => {
    await using at = await bench();
    const { rpcUrl, marketUrl, chain: { chainId } } = at.devnet;
    const flags = ["--binance-url", marketUrl, "--faucet-url", rpcUrl, "--model", "ridge"];
    const { code, screen } = await typeAt(at.cwd, ["init", ...flags], [
      ["Network: testnet, mainnet or custom [testnet]: ", "cust\r"],
      ["[testnet]: ", "custom\r"],
      ["Endpoints", `${rpcUrl}\r`],
      ["Chain id", `${chainId}\r`],
      ["Topics, comma separated: ", "9\r"],
      ["Topics, comma separated: ", "3\r"],
      ["Wallet: new, or import [new]: ", "\r"],
      ["[binance]: ", "\r"],
      ["[none]: ", "slack\r"],
      ["it is not shown", "no-url\r"],
      ["it is not shown", `${HOOK}\r`],
      ["press Enter", "\r"],
    ]);
    assertEquals(code, 0, screen);
    assertStringIncludes(screen, 'Cannot use --network "cust"');
    assertStringIncludes(screen, "Cannot use topic 9");
    assertStringIncludes(screen, "Cannot use it: it is not one https URL");
    assertMatch(screen, /^ +4 +1 day BTC\/USD Volatility Prediction +720 blocks/m);
    assertStringIncludes(screen, "the first submission is confirmed, slack will hear of it");
    assertStringIncludes(screen, "allora-pipeline alert --test");
    assert(!/very-secret|no-url/.test(screen), screen);

    const files = at.files();
    assertEquals(files["data/slack-webhook"], `${HOOK}\n`);
    assertEquals(settingsIn(files["topics/3.env"])["ALLORA_TARGET"], "price");
    // The words were on the other screen, which was left, once.
    const [before = "", rest = ""] = screen.split("\x1b[?1049h");
    const [shown = "", after = ""] = rest.split("\x1b[?1049l");
    files["data/mnemonic"]!.trim().split(" ").forEach((word, i) => {
      assertMatch(shown, new RegExp(`\\b${i + 1} ${word}\\b`));
      assert(!`${before}${after}`.includes(`${i + 1} ${word}`));
    });

    const again = await typeAt(at.cwd, ["init", "--files-only"], []);
    assertEquals(again.code, 0, again.screen);
    assertStringIncludes(again.screen, "nothing to write: everything is set");
  },
});

Deno.test({
  name: "who stops before the end finds nothing written",
  ignore: !hasScript,
  fn: async (t) => {
    await using at = await bench();
    const words = `${"abandon ".repeat(11)}abandon\r\r`;
    const CASES: readonly [
      name: string,
      keys: readonly (readonly [string, string])[],
      code: number,
      says: string,
    ][] = [
      ["Ctrl-D at a question", [["[new]: ", "\x04"]], 75, "Stopped"],
      ["Ctrl-C at a question", [["[new]: ", "\x03"]], 130, ""],
      ["wrong words", [["[new]: ", "import\r"], ["Recovery phrase", words]], 78, "mnemonic"],
      [
        "Ctrl-C while the words are shown",
        [["[new]: ", "\r"], ["[binance]: ", "\r"], ["[none]: ", "\r"], ["press Enter", "\x03"]],
        75,
        "nothing was written",
      ],
    ];
    for (const [name, keys, code, says] of CASES) {
      await t.step(name, async () => {
        const ended = await typeAt(at.cwd, ["init", ...at.flags, "--topics", "1"], keys);
        assertEquals(ended.code, code, ended.screen);
        assertStringIncludes(ended.screen, says);
        assertEquals([...Deno.readDirSync(at.cwd)], []);
      });
    }
  },
});
