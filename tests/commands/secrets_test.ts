import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { defaultTopics } from "../../src/devnet/default_topics.ts";
import { startDevnet } from "../../src/devnet/start.ts";
import { commandOf, runMain } from "./run_main.ts";
import { filesBelow, leaksOf } from "./shapes_of_secret.ts";

const utf8 = new TextEncoder();
const HOURLY = "ALLORA_TARGET=log-return\nALLORA_PAIR=BTC/USD\nALLORA_HORIZON=1h\n";

/** A program that is at work: what the system shows of it, and how it ends. */
interface AtWork {
  readonly shown: Uint8Array[];
  readonly ended: Promise<Deno.CommandOutput>;
}

Deno.test("no word, seed or key is in output, log, ledger, environ, argv or crash", async (t) => {
  // One window, which is open whenever a step comes to it.
  const isOpen = { firstNonce: 20, epochLength: 72_000, submissionWindow: 71_000 };
  const topics = defaultTopics(10).map((topic) => topic.id === 1 ? { ...topic, ...isOpen } : topic);
  await using devnet = await startDevnet({ speed: 200, topics });
  const dir = await Deno.makeTempDir({ prefix: "allora-secrets-" });
  const settings = (rpc: string) =>
    Deno.writeTextFile(
      `${dir}/.env`,
      `ALLORA_RPC=${rpc}\nALLORA_CHAIN_ID=${devnet.chain.chainId}\nALLORA_MODEL=ridge\n` +
        `ALLORA_FAUCET_URL=${devnet.rpcUrl}\nALLORA_VENUES=binance\nALLORA_BINANCE_URL=${devnet.marketUrl}\n` +
        "ALLORA_LOG_LEVEL=debug\n",
    );
  await Deno.mkdir(`${dir}/topics`);
  await Deno.mkdir(`${dir}/tmp`);
  await Deno.writeTextFile(`${dir}/topics/1.env`, HOURLY);
  await settings(devnet.rpcUrl);
  const wallet = `${dir}/data/mnemonic`;
  const imported = `${dir}/imported`;
  const env = { TMPDIR: `${dir}/tmp` };
  const run = async (args: string[], code: number, stdin?: string) => {
    const options = { cwd: dir, env, ...stdin === undefined ? {} : { stdin } };
    const ended = await runMain(args, options);
    assertEquals(ended.code, code, `${args.join(" ")}: ${ended.stderr}`);
    heard.push(utf8.encode(ended.stdout + ended.stderr));
    return ended;
  };
  const heard: Uint8Array[] = [];

  await run(["wallet", "new", "--json"], 0);
  const phrase = (await Deno.readTextFile(wallet)).trim();
  const leaks = await leaksOf(phrase);
  /** Nothing of it in what was printed, nor in any file but the wallet's own. */
  const check = () => {
    for (const text of heard.splice(0)) {
      assertEquals(leaks(text), [], `printed: ${new TextDecoder().decode(text).length} bytes`);
    }
    const found = [...filesBelow(dir)].filter(([path]) => path !== wallet && path !== imported)
      .flatMap(([path, bytes]) => leaks(bytes).map((secret) => `${secret} in ${path}`));
    assertEquals(found, []);
  };
  const step = (name: string, body: () => Promise<void>) =>
    t.step(name, async () => {
      await body();
      check();
    });

  await t.step("the search finds what it looks for", () => {
    assertEquals(leaks(utf8.encode(phrase)), ["words"]);
    const words = phrase.split(" ");
    assertEquals(leaks(utf8.encode(JSON.stringify(words.slice(3, 6)))), ["words"]);
    assertEquals(leaks(utf8.encode("a plain sentence")), []);
  });
  await step("importing it, and words with a mistake", async () => {
    const into = ["wallet", "import", "--mnemonic-file"];
    await run([...into, imported], 0, `${phrase}\n`);
    await run([...into, `${dir}/other`], 78, `${phrase}x\n`);
    await run([...into, `${dir}/other`], 78, `${phrase.split(" ").reverse().join(" ")}\n`);
    await run([...into, imported], 78, `${phrase}\n`);
  });
  await step("paying, registering and training", async () => {
    await run(["wallet", "faucet"], 0);
    await run(["wallet", "register", "--topic", "1"], 0);
    await run(["train"], 0);
  });
  await step("words in the settings, on the command line, in a readable file", async () => {
    const good = await Deno.readTextFile(`${dir}/.env`);
    await Deno.writeTextFile(`${dir}/.env`, `${good}ALLORA_MNEMONIC=${phrase}\n`);
    assertStringIncludes((await run(["submit"], 78)).stderr, "it holds a mnemonic");
    await Deno.writeTextFile(`${dir}/.env`, good);
    await run(["submit", ...phrase.split(" ")], 64);
    await run(["submit", "--topic", phrase], 64);
    await Deno.chmod(wallet, 0o644);
    await run(["submit"], 77);
    await Deno.chmod(wallet, 0o600);
  });
  await step(
    "a signed submission that is aborted, with no core allowed as in the units",
    async () => {
      const { shown, ended } = await atWork(["submit"], dir, { ...env, HOLD_AT: "signed" });
      const { signal, stderr, stdout } = await ended;
      assertEquals(signal, "SIGABRT");
      heard.push(...shown, stderr, stdout);
      assertEquals([...Deno.readDirSync(dir)].filter(({ name }) => name.startsWith("core")), []);
    },
  );
  await step(
    "defects that end the program: one that is caught, and one that nobody catches",
    async () => {
      const defects = {
        "deriving the key": `crypto.subtle.deriveBits = () => { throw new Error("a defect"); };`,
        "none of ours": `globalThis.fetch = () => new Promise(() => {
            setTimeout(() => { throw new Error("a defect"); }, 5);
          });`,
      };
      for (const [name, code] of Object.entries(defects)) {
        const preload = `${dir}/tmp/defect.ts`;
        await Deno.writeTextFile(preload, code);
        const { args: [verb, ...args], env: base } = commandOf([
          "wallet",
          "register",
          "--topic",
          "2",
        ]);
        const { code: exit, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
          args: [verb!, `--preload=${preload}`, ...args],
          ...{ cwd: dir, clearEnv: true, env: { ...base, ...env } },
        }).output();
        assertEquals(exit, 70, name);
        assertStringIncludes(new TextDecoder().decode(stderr), "a defect");
        heard.push(stdout, stderr);
      }
    },
  );
  await step("a submission, and the visit after it", async () => {
    await run(["submit"], 0);
    await run(["submit", "--json"], 0);
  });
  await step("a daemon that is stopped", async () => {
    const { shown, ended } = await atWork(["daemon"], dir, env);
    const { stderr, stdout } = await ended;
    heard.push(...shown, stderr, stdout);
    assertMatch(new TextDecoder().decode(stderr), /daemon started/);
  });
  await step("nodes that answer nonsense or nothing, and a ledger that is damaged", async () => {
    for (const rpc of [devnet.marketUrl, "http://127.0.0.1:1"]) {
      await settings(rpc);
      await run(["wallet", "register", "--topic", "2"], 69);
    }
    for (const [path] of filesBelow(`${dir}/data`)) {
      if (/ledger/.test(path)) await Deno.writeTextFile(path, "damaged");
    }
    await run(["submit"], 70);
  });
  await Deno.remove(dir, { recursive: true });
});

/** Starts the program without cores; once it holds the key, looks at it as the system does, and aborts it. */
async function atWork(
  args: readonly string[],
  cwd: string,
  env: Record<string, string>,
): Promise<AtWork> {
  const command = commandOf(args);
  const child = new Deno.Command("sh", {
    args: ["-c", 'ulimit -c 0; exec "$@"', "sh", Deno.execPath(), ...command.args],
    ...{ cwd, clearEnv: true, env: { ...command.env, ...env } },
    ...{ stdin: "null", stdout: "piped", stderr: "piped" },
  }).spawn();
  const [watched, kept] = child.stderr.tee();
  for await (const text of watched.pipeThrough(new TextDecoderStream())) {
    if (/held at|daemon started/.test(text)) break;
  }
  const shown = ["environ", "cmdline"].map((name) =>
    Deno.readFileSync(`/proc/${child.pid}/${name}`)
  );
  child.kill(args[0] === "daemon" ? "SIGTERM" : "SIGABRT");
  const ended = (async () => {
    const [status, stdout, stderr] = await Promise.all([
      child.status,
      new Response(child.stdout).bytes(),
      new Response(kept).bytes(),
    ]);
    return { ...status, stdout, stderr };
  })();
  return { shown, ended };
}

const sandbox = new URL(
  "../../systemd/allora-pipeline-.service.d/sandbox.conf",
  import.meta.url,
);
const isShipped = await Deno.stat(sandbox).then(() => true, () => false);

Deno.test({
  name: "the units allow no core: one would hold the mnemonic",
  ignore: !isShipped,
  fn: async () => {
    assertMatch(await Deno.readTextFile(sandbox), /^LimitCORE=0$/m);
  },
});
