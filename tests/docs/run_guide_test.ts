import { assert, assertEquals } from "@std/assert";
import { defaultTopics } from "../../src/devnet/default_topics.ts";
import type { TopicSpec } from "../../src/devnet/chain_types.ts";
import { startDevnet } from "../../src/devnet/start.ts";
import { commandOf, MAIN } from "../commands/run_main.ts";
import { commandsOf, fileText, understand } from "./guide.ts";

/** A window lasts 50 s. */
const SPEED = 60;

/** Why a command cannot run in a directory of its own, on a devnet: the first that fits. */
const ELSEWHERE: readonly (readonly [command: RegExp, why: string])[] = [
  [/^(journalctl|systemctl (list-timers|cat)) /, "it runs in the machine that tests/systemd boots"],
  [
    /\bsudo(edit)? |systemctl|timedatectl|\.previous|^\.\/allora-pipeline install/,
    "it needs root and systemd",
  ],
  [/^docker/, "it needs a container engine"],
  [/^make/, "it builds, or reaches another machine; tests/build and tests/systemd run it"],
  [/--follow|--every|daemon$|devnet$/, "it stays until it is stopped"],
  [/https:/, "it needs the live network"],
  [/\b(demo|evaluate)\b/, "it takes a minute or two; tests/commands runs it"],
];

/** Exit codes that are as good as 0: for WARNING, and where there is no model to go back to. */
const ALSO_GOOD: Readonly<Record<string, number>> = {
  "allora-pipeline health": 1,
  "allora-pipeline models rollback --topic 69": 65,
};

const { fenced, inline } = commandsOf(await fileText("docs/operations.md"));
const commands = [...new Set([...fenced, ...inline])];
const whyNot = (command: string) => ELSEWHERE.find(([shape]) => shape.test(command))?.[1];

Deno.test("the program understands the guide's commands that cannot run here", async (t) => {
  for (const command of commands) {
    const why = whyNot(command);
    if (why === undefined) continue;
    await t.step(`${command} (not run: ${why})`, () => understand(command));
  }
});

/** A directory with the program in bin/, a devnet that its settings point to, and a channel that listens. */
interface Scratch extends AsyncDisposable {
  readonly home: string;
  /** What the channel was told. */
  readonly told: readonly string[];
  shell(command: string, cwd: string): Promise<Deno.CommandOutput>;
}

async function scratch(topic: TopicSpec): Promise<Scratch> {
  const devnet = await startDevnet({ speed: SPEED, topics: [topic] });
  const told: string[] = [];
  const listening = { hostname: "127.0.0.1", port: 0, onListen() {} };
  const receiver = Deno.serve(listening, async (request) => {
    told.push(await request.text());
    return new Response();
  });
  const home = await Deno.makeTempDir({ prefix: "allora-guide-" });
  await Deno.mkdir(`${home}/bin`);
  const main = MAIN.map((word) => `'${word}'`).join(" ");
  await Deno.writeTextFile(`${home}/bin/allora-pipeline`, `#!/bin/sh\nexec ${main} "$@"\n`, {
    mode: 0o755,
  });
  await Deno.writeTextFile(`${home}/webhook`, `http://127.0.0.1:${receiver.addr.port}/\n`, {
    mode: 0o600,
  });
  const env = {
    ...commandOf([]).env,
    ...{ HOME: home, PATH: `${home}/bin:${Deno.env.get("PATH")}` },
    // The ensemble takes seconds to fit, and nothing here depends on what is predicted.
    ALLORA_MODEL: "ridge",
    ALLORA_RPC: devnet.rpcUrl,
    ALLORA_CHAIN_ID: devnet.chain.chainId,
    ALLORA_VENUES: "binance",
    ALLORA_BINANCE_URL: devnet.marketUrl,
    ALLORA_FAUCET_URL: devnet.rpcUrl,
    ALLORA_WEBHOOK_FILE: `${home}/webhook`,
  };
  return {
    ...{ home, told },
    shell: (command, cwd) =>
      new Deno.Command("sh", {
        args: ["-ec", command],
        ...{ cwd, clearEnv: true, env, stdin: "null", stdout: "piped", stderr: "piped" },
      }).output(),
    async [Symbol.asyncDispose]() {
      await receiver.shutdown();
      await devnet[Symbol.asyncDispose]();
      await Deno.remove(home, { recursive: true });
    },
  };
}

function assertGood({ code, stdout, stderr }: Deno.CommandOutput, alsoGood = 0): void {
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  assert(code === 0 || code === alsoGood, `exit ${code}\n${text(stdout)}${text(stderr)}`);
}

const TOPIC: TopicSpec = { ...defaultTopics(10)[0]!, id: 69 };

Deno.test("the guide's commands do as it says, one after the other, on a devnet", async (t) => {
  await using there = await scratch(TOPIC);
  let cwd = there.home;
  for (const command of commands.filter((each) => whyNot(each) === undefined)) {
    // What a shell keeps from one line to the next.
    const directory = /^cd ~\/(.*)$/.exec(command)?.[1];
    if (directory !== undefined) cwd = `${there.home}/${directory}`;
    await t.step(command, async () => {
      assertGood(await there.shell(command, cwd), ALSO_GOOD[command]);
    });
  }
  assert(there.told.some((text) => text.includes("test")), "alert --test reached nobody");
});

Deno.test("the README's two ways to topic 69, with init and by hand, lead there", async () => {
  const [, section = ""] = (await fileText("README.md")).split("## The same on testnet topic 69");
  const [byInit = "", byHand = ""] = [...section.matchAll(/^```sh\n(.*?)^```$/gms)]
    .map(([, text]) => text!);
  await using there = await scratch(TOPIC);
  const { home } = there;
  // Nobody is there to be asked.
  const answered = byInit.replace("make build\n", "").replace(/ init\b/, "$& --yes --topics 69");
  assertGood(await there.shell(answered, home));
  const history = await there.shell("./allora-pipeline history --json", `${home}/allora`);
  const { epochs: [epoch] } = JSON.parse(new TextDecoder().decode(history.stdout));
  assertEquals(epoch.state, "confirmed");
  const prepared = `mkdir hand && cp bin/allora-pipeline hand && cd hand && ${byHand}`;
  assertGood(await there.shell(prepared, home));
});
