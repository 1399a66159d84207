import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { type ErrorKind } from "../../src/errors.ts";
import { TOPIC, workspace } from "./workspace.ts";

interface BadInput {
  readonly what: string;
  readonly files?: Record<string, string | Uint8Array>;
  readonly flags?: Record<string, string>;
  readonly env?: Record<string, string>;
  readonly kind?: ErrorKind;
  /** Parts of the message. */
  readonly says: readonly string[];
  /** Part of the hint. */
  readonly hint?: string;
}

const PHRASE = "test test test test test test test test test test test junk";
const KEY = "0123456789abcdef".repeat(4);

const line = (text: string): Record<string, string> => ({ ".env": `# settings\n${text}\n` });
const topic = (text: string): Record<string, string> => ({ "topics/3.env": TOPIC + text + "\n" });

const BAD_INPUTS: readonly BadInput[] = [
  {
    what: "a duration without a unit",
    files: line("ALLORA_RPC_TIMEOUT=10"),
    says: ["ALLORA_RPC_TIMEOUT", ".env:2", '"10"', "allowed is a duration from 100ms to 5m"],
    hint: "Correct ALLORA_RPC_TIMEOUT in .env:2",
  },
  { what: "a duration too long", files: line("ALLORA_RPC_TIMEOUT=6m"), says: ['"6m"'] },
  {
    what: "a number out of range",
    files: line("ALLORA_GAS_PRICE_MARGIN=3"),
    says: ["from 1 to 2"],
  },
  { what: "a number in words", files: line("ALLORA_GAS_PRICE_MARGIN=1e0"), says: ['"1e0"'] },
  {
    what: "yes in other words",
    files: line("ALLORA_AUTO_REGISTER=true"),
    says: ["one of yes, no"],
  },
  {
    what: "an unknown level",
    files: line("ALLORA_LOG_LEVEL=INFO"),
    says: ['"INFO"', "debug, info"],
  },
  { what: "a URL of another scheme", files: line("ALLORA_RPC=tcp://127.0.0.1:1"), says: ["http"] },
  { what: "a host without a scheme", files: line("ALLORA_RPC=localhost:26657"), says: ["http"] },
  {
    what: "a URL with a password, which is not repeated",
    files: line("ALLORA_RPC=https://me:hunter2@node.example"),
    says: ['"https://***@node.example"'],
  },
  { what: "an endpoint twice", files: line("ALLORA_RPC=http://a,http://a"), says: ["different"] },
  {
    what: "an empty list entry",
    files: line("ALLORA_RPC=http://a,,http://b"),
    says: ["http://a,,"],
  },
  { what: "a home directory", files: line("ALLORA_STATE_DIR=~/data"), says: ["~ is not expanded"] },
  {
    what: "an address cut short",
    files: line("ALLORA_FEE_GRANTER=allo1qqq"),
    says: ["43 characters"],
  },
  {
    what: "an address with a mistyped letter",
    files: line("ALLORA_FEE_GRANTER=allo10xcqpzrky6eff2g52qdye53xkk9jxkvr0nqlh7"),
    says: ["checksum"],
  },
  { what: "a chain id with a space", files: line("ALLORA_CHAIN_ID=a b"), says: ['"a b"'] },
  {
    what: "a bad flag",
    flags: { "rpc-timeout": "soon" },
    kind: "usage",
    says: ["--rpc-timeout", '"soon"'],
    hint: "Correct --rpc-timeout",
  },
  {
    what: "a bad variable",
    env: { ALLORA_LOG_LEVEL: "loud" },
    says: ["ALLORA_LOG_LEVEL in the environment", '"loud"'],
  },

  {
    what: "an unknown setting",
    files: line("ALLORA_RPC_TIMOUT=10s"),
    says: [".env:2", "ALLORA_RPC_TIMOUT is not a setting"],
    hint: "Did you mean ALLORA_RPC_TIMEOUT?",
  },
  {
    what: "a setting in small letters",
    files: line("allora_rpc=http://a"),
    says: [".env:2"],
    hint: "ALLORA_RPC?",
  },
  {
    what: "a setting twice",
    files: line("ALLORA_RPC=http://a\nALLORA_RPC=http://b"),
    says: [".env:3", "already set in line 2"],
  },
  { what: "a line without =", files: line("ALLORA_RPC"), says: [".env:2", "neither NAME=value"] },
  {
    what: "a comment of another language",
    files: line("; ALLORA_RPC"),
    says: ["neither NAME=value"],
  },
  {
    what: "export",
    files: line("export ALLORA_RPC=http://a"),
    says: ["ALLORA_RPC is not spelt NAME=value"],
    hint: "ALLORA_RPC=",
  },
  { what: "a space before =", files: line("ALLORA_RPC =http://a"), says: ["not spelt NAME=value"] },
  { what: "a name that no shell takes", files: line("ALLORA-RPC=http://a"), says: ["neither"] },
  {
    what: "double quotes",
    files: line('ALLORA_RPC="http://a"'),
    says: ["ALLORA_RPC has quotes", "Docker, systemd and dotenv"],
    hint: "Write ALLORA_RPC=http://a",
  },
  {
    what: "single quotes",
    files: line("ALLORA_RPC='http://a'"),
    says: ["quotes"],
    hint: "=http://a",
  },
  {
    what: "a comment behind a value",
    files: line("ALLORA_RPC=http://a # mine"),
    says: ["a #"],
    hint: "Write ALLORA_RPC=http://a, the comment on a line of its own",
  },
  {
    what: "a reference",
    files: line("ALLORA_RPC=http://$HOST"),
    says: ["a $"],
    hint: "without a $",
  },
  { what: "a backslash", files: line("ALLORA_CHAIN_ID=a\\tb"), says: ["a backslash"] },
  { what: "a joined line", files: line("ALLORA_RPC=http://a,\\\nhttp://b"), says: ["a backslash"] },
  {
    what: "a comment that joins",
    files: line("# off \\\nALLORA_RPC=http://a"),
    says: ["a backslash"],
  },
  {
    what: "a trailing space",
    files: line("ALLORA_RPC=http://a "),
    says: ["spaces"],
    hint: "=http://a",
  },
  { what: "a leading space", files: line("ALLORA_RPC= http://a"), says: ["spaces"] },
  { what: "a no-break space", files: line("ALLORA_RPC=http://a\u00a0"), says: ["spaces"] },
  {
    what: "a control character",
    files: line("ALLORA_CHAIN_ID=a\u0007"),
    says: ["a control character"],
  },
  {
    what: "Windows line ends",
    files: line("ALLORA_RPC=http://a\r"),
    says: ["carriage return"],
    hint: "sed -i",
  },
  {
    what: "a byte order mark",
    files: { ".env": "\uFEFFALLORA_RPC=http://a\n" },
    says: [".env:1", "byte order mark"],
    hint: "sed -i",
  },
  {
    what: "another program's quoted password, which is not repeated",
    files: line('DB_PASSWORD="hunter2"'),
    says: ["DB_PASSWORD has quotes"],
    hint: "Write the value of DB_PASSWORD without quotes",
  },
  {
    what: "bytes that are no text",
    files: { ".env": new Uint8Array([0x41, 0x3d, 0xff, 0x0a]) },
    says: ["not UTF-8"],
  },
  { what: "a directory for a file", files: { ".env/x": "" }, says: [".env: it is a directory"] },
  { what: "a huge file", files: { ".env": "#".repeat(2 ** 20 + 1) }, says: ["1048577 bytes"] },

  {
    what: "a topic without a pair",
    files: { "topics/3.env": "ALLORA_TARGET=price\n" },
    says: ["topics/3.env", "ALLORA_PAIR is missing"],
    hint: "Add ALLORA_PAIR=",
  },
  {
    what: "a target nobody pays for",
    files: { "topics/3.env": "ALLORA_TARGET=return\n" },
    says: ["topics/3.env:1", '"return"', "log-return"],
  },
  {
    what: "a pair in Binance's spelling",
    files: { "topics/3.env": TOPIC.replace("BTC/USD", "BTCUSDT") },
    says: ['"BTCUSDT"', "BTC/USD"],
  },
  {
    what: "a horizon that is no multiple of the interval",
    files: { "topics/3.env": TOPIC.replace("24h", "90m") },
    says: [
      "ALLORA_HORIZON in topics/3.env:3",
      '"90m"',
      "a multiple of ALLORA_INTERVAL, which is 1h (default)",
    ],
  },
  { what: "an interval no venue has", files: topic("ALLORA_INTERVAL=7m"), says: ['"7m"'] },
  {
    what: "a warning above the refusal",
    files: topic("ALLORA_WARN_ABOVE=60"),
    says: ["at most ALLORA_REFUSE_ABOVE"],
  },
  { what: "an unknown learner", files: topic("ALLORA_MODEL=forest"), says: ["auto, ridge, trees"] },
  {
    what: "a model over http that is not on this machine",
    files: topic("ALLORA_MODEL=http://10.0.0.2:8000/predict"),
    says: ["an https URL, or an http URL on this machine"],
  },
  {
    what: "a model whose name only begins like this machine's",
    files: topic("ALLORA_MODEL=http://127.0.0.1.example.org/"),
    says: ["an http URL on this machine"],
  },
  {
    what: "a model's URL with a password, which is not repeated",
    files: topic("ALLORA_MODEL=https://me:hunter2@model.example/"),
    says: ["https://***@model.example/"],
  },
  {
    what: "a model's URL with a query",
    files: topic("ALLORA_MODEL=http://127.0.0.1/?a=b"),
    says: ["without user name, password or query"],
  },
  { what: "a model that is a program", files: topic("ALLORA_MODEL=exec:/bin/me"), says: ["exec"] },
  {
    what: "a model's file without a name",
    files: topic("ALLORA_MODEL=file:"),
    says: ["file:PATH"],
  },
  {
    what: "a model in a home directory",
    files: topic("ALLORA_MODEL=onnx:~/m"),
    says: ["onnx:~/m"],
  },
  {
    what: "a model's time limit over five minutes",
    files: topic("ALLORA_MODEL_TIMEOUT=6m"),
    says: ["100ms to 5m"],
  },
  {
    what: "a prediction's age without a unit",
    files: topic("ALLORA_PREDICTION_MAX_AGE=60"),
    says: ['"60"', "a duration"],
  },
  { what: "two labels", files: topic("ALLORA_LABELS=down,up"), says: ["3 different"] },
  { what: "a label twice", files: topic("ALLORA_LABELS=up,up,down"), says: ["3 different"] },
  {
    what: "an unknown venue",
    files: topic("ALLORA_VENUES=cracken"),
    says: ['"cracken"', "csv:PATH"],
  },
  { what: "a CSV venue without a path", files: topic("ALLORA_VENUES=csv:"), says: ['"csv:"'] },
  {
    what: "a program's setting in a topic file",
    files: topic("ALLORA_RPC=http://a"),
    says: ["topics/3.env:4", "not a topic's setting"],
  },
  {
    what: "a topic file named after a pair",
    files: { "topics/btc.env": TOPIC },
    says: ["topics/btc.env"],
  },
  { what: "a topic 0", files: { "topics/0.env": TOPIC }, says: ["topics/0.env"] },
  { what: "topics that is a file", files: { topics: "" }, says: ["topics"] },

  {
    what: "a mnemonic",
    files: line(`MNEMONIC=${PHRASE}`),
    says: [".env:2", "a mnemonic"],
    hint: "umask 077",
  },
  { what: "a quoted mnemonic", files: line(`ALLORA_MNEMONIC="${PHRASE}"`), says: ["a mnemonic"] },
  { what: "a mnemonic in a comment", files: line(`# ${PHRASE}`), says: [".env:2", "a mnemonic"] },
  { what: "a mnemonic under another name", files: line(`WORDS=${PHRASE}`), says: ["a mnemonic"] },
  {
    what: "a mnemonic in a topic file",
    files: topic(`WALLET=${PHRASE}`),
    says: ["topics/3.env:4"],
  },
  {
    what: "a mnemonic too short to be one",
    files: line("ALLORA_MNEMONIC=abc def"),
    says: ["a secret"],
  },
  {
    what: "a private key",
    files: line(`WALLET=0x${KEY}`),
    says: ["a private key"],
    hint: "private_key",
  },
  {
    what: "a private key in quotes",
    files: line(`WALLET='${KEY}' # mine`),
    says: ["a private key"],
  },
  {
    what: "a mnemonic in the environment",
    env: { WORDS: PHRASE },
    says: ["WORDS"],
    hint: "unset WORDS",
  },
  {
    what: "a key in the environment",
    env: { ALLORA_KEY: KEY },
    says: ["ALLORA_KEY", "a private key"],
  },
  { what: "a mnemonic in a flag", flags: { "mnemonic-file": PHRASE }, says: ["--mnemonic-file"] },
];

for (const { what, files = {}, kind = "config", says, hint = "", ...input } of BAD_INPUTS) {
  Deno.test(`loadSettings() refuses ${what}`, () => {
    using here = workspace(files);
    const error = here.failure(input);
    assertEquals(error.kind, kind, error.message);
    for (const part of says) assertStringIncludes(error.message, part);
    assertStringIncludes(error.hint ?? "", hint);
    const all = `${error.message} ${error.hint}`;
    assert(!/test test|junk|hunter2|0123456789abcdef/.test(all), "a secret is repeated");
    assert(error.hint && !all.includes("\n"), "one line and what to do");
  });
}

const MOVES = [
  ["plain", `MNEMONIC=${PHRASE}`],
  ["in quotes, with a comment", `export MNEMONIC="${PHRASE}" # my wallet`],
  ["commented out", `#ALLORA_MNEMONIC='${PHRASE}'`],
  ["a bare comment", `# ${PHRASE}`],
] as const;
for (const [how, secretLine] of MOVES) {
  Deno.test(`the command of a refused mnemonic moves one that is ${how}`, async () => {
    using here = workspace({ ".env": `ALLORA_LOG_LEVEL=warn\n${secretLine}\nALLORA_CHAIN_ID=x\n` });
    await shell(here.failure().hint, here.cwd);
    assertEquals(here.read("data/mnemonic").trim(), PHRASE);
    assertEquals((Deno.statSync(`${here.cwd}/data/mnemonic`).mode ?? 0) & 0o777, 0o600);
    assertEquals(here.load().chainId, "x");
  });
}

Deno.test("the command of a refused mnemonic keeps a mnemonic that is already there", async () => {
  using here = workspace({ ".env": `MNEMONIC=${PHRASE}\n`, "data/mnemonic": "mine" });
  const status = await shell(here.failure().hint, here.cwd);
  assert(!status.success);
  assertEquals(here.read("data/mnemonic"), "mine");
  assertStringIncludes(here.read(".env"), PHRASE);
});

Deno.test("the command for a mnemonic in the environment writes it into the file", async () => {
  using here = workspace();
  const env = { WORDS: PHRASE };
  await shell(here.failure({ env }).hint, here.cwd, env);
  assertEquals(here.read("data/mnemonic"), `${PHRASE}\n`);
});

function shell(hint: string | undefined, cwd: string, env: Record<string, string> = {}) {
  const command = hint?.replace(/^Move it: /, "") ?? "false";
  return new Deno.Command("sh", { args: ["-c", command], cwd, env, stderr: "null" }).output();
}
