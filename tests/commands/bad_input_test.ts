import { assert, assertEquals } from "@std/assert";
import { runMain } from "./run_main.ts";

/** Twelve words of the BIP-39 test vectors: nobody's wallet. */
const MNEMONIC = `${"abandon ".repeat(11)}about`;
const WORDS_OF_MNEMONIC = /abandon/;
const TOPIC = "ALLORA_TARGET=log-return\nALLORA_PAIR=BTC/USD\nALLORA_HORIZON=1h\n";
const HEADER = "timestamp,open,high,low,close,volume\n";

/** A visit with everything in order up to the part that a case breaks. */
interface Case {
  readonly name: string;
  readonly args: readonly string[];
  readonly code: number;
  /** What the one line has to say. */
  readonly says: readonly string[];
  readonly files?: Readonly<Record<string, string>>;
  readonly env?: Record<string, string>;
  readonly stdin?: string;
  /** What the node, or the venue, answers; its URL stands for SERVER in files and args. */
  readonly answer?: () => Response;
}

const submit = (name: string, rest: Partial<Case> & Pick<Case, "code" | "says">): Case => ({
  name,
  args: ["submit"],
  ...rest,
  files: { "topics/1.env": TOPIC, "data/mnemonic": MNEMONIC, ...rest.files },
});

const flags: Case[] = [
  { name: "an unknown command", args: ["sumbit"], code: 64, says: ['"sumbit"', "submit"] },
  {
    name: "an unknown flag",
    args: ["submit", "--dryrun"],
    code: 64,
    says: ["--dryrun", "--dry-run"],
  },
  {
    name: "a flag twice",
    args: ["submit", "--topic", "1", "--topic", "2"],
    code: 64,
    says: ["--topic"],
  },
  { name: "a flag without value", args: ["submit", "--topic="], code: 64, says: ["--topic"] },
  {
    name: "a topic that is no number",
    args: ["submit", "--topic", "btc"],
    code: 64,
    says: ["btc"],
  },
  { name: "a stray word", args: ["submit", "now"], code: 64, says: ['"now"'] },
  {
    name: "a bad duration",
    args: ["submit", "--run-timeout", "soon"],
    code: 64,
    says: ["--run-timeout", "soon"],
  },
  {
    name: "a bad URL",
    args: ["submit", "--rpc", "localhost"],
    code: 64,
    says: ["--rpc", "localhost"],
  },
  {
    name: "no time",
    args: ["train", "--at", "yesterday"],
    code: 64,
    says: ["--at", "yesterday"],
    files: { "topics/1.env": TOPIC },
  },
  { name: "a bad speed", args: ["devnet", "--speed", "fast"], code: 64, says: ["--speed", "fast"] },
  {
    name: "a bad generation",
    args: ["demo", "--generation", "8"],
    code: 64,
    says: ["--generation", "8"],
  },
  {
    name: "an unknown fault",
    args: ["devnet", "--fault", "gremlin:1"],
    code: 64,
    says: ["gremlin"],
  },
  {
    name: "a bind address that others could reach",
    args: ["devnet", "--rpc", "0.0.0.0:0"],
    code: 78,
    says: ["0.0.0.0"],
  },
  { name: "help on nothing", args: ["help", "setings"], code: 64, says: ["setings", "settings"] },
  {
    name: "a demo that would write over a wallet",
    args: ["demo", "--keep", "."],
    files: { "data/mnemonic": MNEMONIC },
    code: 78,
    says: ["not empty"],
  },
];

const envFiles: Case[] = [
  submit("a line without =", { files: { ".env": "ALLORA_RPC\n" }, code: 78, says: [".env:1"] }),
  submit("an unknown setting", {
    files: { ".env": "ALLORA_RCP=http://127.0.0.1:1\n" },
    code: 78,
    says: [".env:1", "ALLORA_RCP", "ALLORA_RPC"],
  }),
  submit("a bad value", {
    files: { ".env": "\nALLORA_LOG_LEVEL=loud\n" },
    code: 78,
    says: [".env:2", "ALLORA_LOG_LEVEL", "loud", "debug"],
  }),
  submit("a quoted value", {
    files: { ".env": 'ALLORA_CHAIN_ID="x"\n' },
    code: 78,
    says: [".env:1", "ALLORA_CHAIN_ID=x"],
  }),
  submit("a comment behind a value", {
    files: { ".env": "ALLORA_CHAIN_ID=x # mine\n" },
    code: 78,
    says: [".env:1"],
  }),
  submit("a mnemonic in the env file", {
    files: { ".env": `MNEMONIC=${MNEMONIC}\n` },
    code: 78,
    says: [".env", "data/mnemonic"],
  }),
  submit("a mnemonic in the environment", {
    env: { ALLORA_MNEMONIC: MNEMONIC },
    code: 78,
    says: ["ALLORA_MNEMONIC"],
  }),
  submit("a private key in the env file", {
    files: { ".env": `PRIVATE_KEY=${"0a".repeat(32)}\n` },
    code: 78,
    says: [".env"],
  }),
];

const topicFiles: Case[] = [
  { name: "no topic at all", args: ["submit"], code: 78, says: ["none is on", "topics/"] },
  submit("a topic that is not on", {
    args: ["submit", "--topic", "9"],
    code: 78,
    says: ["topic 9", "1"],
  }),
  {
    name: "a file that is no topic",
    args: ["submit"],
    files: { "topics/btc.env": TOPIC },
    code: 78,
    says: ["topics/btc.env"],
  },
  submit("a missing target", {
    files: { "topics/1.env": "ALLORA_PAIR=BTC/USD\nALLORA_HORIZON=1h\n" },
    code: 78,
    says: ["ALLORA_TARGET", "topics/1.env"],
  }),
  submit("a bad target", {
    files: { "topics/1.env": `${TOPIC.replace("log-return", "returns")}` },
    code: 78,
    says: ["topics/1.env:1", "returns", "log-return"],
  }),
  submit("a horizon between candles", {
    files: { "topics/1.env": `${TOPIC}ALLORA_INTERVAL=8h\n` },
    code: 78,
    says: ["ALLORA_HORIZON", "1h", "8h"],
  }),
  submit("a pair that is none", {
    files: { "topics/1.env": TOPIC.replace("BTC/USD", "bitcoin") },
    code: 78,
    says: ["topics/1.env:2", "bitcoin"],
  }),
  submit("limits the wrong way round", {
    files: { "topics/1.env": `${TOPIC}ALLORA_WARN_ABOVE=60\n` },
    code: 78,
    says: ["ALLORA_WARN_ABOVE", "60", "50"],
  }),
];

const candles = (name: string, csv: string, says: string[]): Case => ({
  name: `CSV candles: ${name}`,
  args: [
    "evaluate",
    "--pair",
    "BTC/USD",
    "--target",
    "log-return",
    "--horizon",
    "1h",
    "--venues",
    "csv:c.csv",
  ],
  files: { "c.csv": csv },
  code: 65,
  says,
});
const row = (hour: number, rest: string) => `2024-01-01T0${hour}:00:00Z,${rest}\n`;
const csvFiles: Case[] = [
  candles("an empty file", "", ["c.csv:1"]),
  candles("a missing column", "timestamp,open,high,low,close\n", ["c.csv:1", "volume"]),
  candles("a word for a number", HEADER + row(0, "1,2,1,x,5"), ["c.csv:2", "close", "x"]),
  candles("NaN", HEADER + row(0, "1,2,1,NaN,5"), ["c.csv:2", "NaN"]),
  candles("a high below the low", HEADER + row(0, "2,1,3,2,5"), ["c.csv:2"]),
  candles("a time off the grid", `${HEADER}2024-01-01T00:10:00Z,1,2,1,1,5\n`, ["c.csv:2"]),
  candles(
    "rows out of order",
    HEADER + row(0, "1,2,1,1,5") + row(2, "1,2,1,1,5") + row(1, "1,2,1,1,5"),
    ["c.csv:4"],
  ),
  candles("the same time with other values", HEADER + row(0, "1,2,1,1,5") + row(0, "1,2,1,2,5"), [
    "c.csv:3",
  ]),
  candles("too few", HEADER + row(0, "1,2,1,1,5"), ["candles"]),
];

const venue = (name: string, answer: () => Response, says: string[]): Case => ({
  name: `a venue's ${name}`,
  args: ["train", "--at", "2024-01-01", "--binance-url", "SERVER"],
  files: { "topics/1.env": TOPIC },
  answer,
  code: 69,
  says: ["binance", ...says],
});
const venues: Case[] = [
  venue("HTML page", () => new Response("<html>busy</html>"), ["html"]),
  venue("truncated JSON", () => new Response('[[1704067200000,"1"'), []),
  venue("error in a 200", () => Response.json({ code: -1003, msg: "Too much request weight" }), [
    "request weight",
  ]),
  venue("candles of text", () => Response.json([[1704060000000, "a", "b", "c", "d", "e"]]), []),
  venue(
    "refusal by region",
    () => Response.json({ code: 0, msg: "restricted location" }, { status: 451 }),
    ["451"],
  ),
];

const artifact = (name: string, text: string, code: number, says: string[]): Case => ({
  name: `a model file: ${name}`,
  args: ["predict", "--at", "2024-01-01"],
  files: { "topics/1.env": TOPIC, "data/models/1.json": text },
  code,
  says: ["models/1.json", ...says],
});
const artifacts: Case[] = [
  {
    ...artifact("none", "", 78, []),
    files: { "topics/1.env": TOPIC },
    says: ["no model", "train"],
  },
  artifact("empty", "", 65, ["JSON", "train"]),
  artifact("something else", '{"weights": [1, 2]}', 65, ["format"]),
  artifact("cut short", '{"format":"allora-pipeline model","version":1,"check', 65, ["JSON"]),
  artifact("of a later version", '{"format":"allora-pipeline model","version":99}', 65, ["99"]),
  artifact(
    "changed by hand",
    '{"format":"allora-pipeline model","version":2,"checksum":"00","model":{}}',
    65,
    ["checksum"],
  ),
];

const mnemonics: Case[] = [
  {
    name: "no mnemonic",
    args: ["submit"],
    files: { "topics/1.env": TOPIC },
    code: 78,
    says: ["data/mnemonic", "missing"],
  },
  submit("an empty mnemonic", { files: { "data/mnemonic": "\n" }, code: 78, says: ["empty"] }),
  submit("eleven words", {
    files: { "data/mnemonic": "abandon ".repeat(11) },
    code: 78,
    says: ["11 words"],
  }),
  submit("a word of no list", {
    files: { "data/mnemonic": `${"abandon ".repeat(11)}abuot` },
    code: 78,
    says: ["word 12"],
  }),
  submit("a wrong checksum", {
    files: { "data/mnemonic": "abandon ".repeat(12) },
    code: 78,
    says: ["checksum"],
  }),
];

const node = (name: string, answer: () => Response, code: number, says: string[]): Case =>
  submit(`a node's ${name}`, { args: ["submit", "--rpc", "SERVER"], answer, code, says });
const status = (change: Record<string, unknown>) => () =>
  Response.json({
    jsonrpc: "2.0",
    id: 1,
    result: {
      node_info: { network: "allora-testnet-1", ...change },
      sync_info: {
        ...{
          latest_block_height: "100",
          latest_block_time: "2024-01-01T00:00:00Z",
          catching_up: false,
        },
        ...change,
      },
    },
  });
const nodes: Case[] = [
  submit("a node that is not there", {
    args: ["submit", "--rpc", "http://127.0.0.1:1"],
    code: 69,
    says: ["127.0.0.1:1"],
  }),
  node("HTML page", () => new Response("<html>"), 69, ["127.0.0.1"]),
  node("bad gateway", () => new Response("bad gateway", { status: 502 }), 69, ["502"]),
  node("truncated JSON", () => new Response('{"jsonrpc":"2.0","res'), 69, ["127.0.0.1"]),
  node("other chain", status({ network: "cosmoshub-4" }), 78, ["cosmoshub-4", "allora-testnet-1"]),
  node("catching up", status({ catching_up: true }), 69, ["catching up"]),
  node("height of the wrong type", status({ latest_block_height: "-" }), 69, ["height"]),
];

const wallet = (name: string, args: string, rest: Partial<Case> & Pick<Case, "code" | "says">) => ({
  name: `wallet ${name}`,
  args: ["wallet", ...args.split(" ").filter((word) => word !== "")],
  ...rest,
});
const kept = { files: { "data/mnemonic": MNEMONIC } };
const wallets: Case[] = [
  wallet("without a verb", "", { code: 64, says: ["wallet new", "wallet register"] }),
  wallet("with a mistyped verb", "balnce", { code: 64, says: ["wallet balance"] }),
  wallet("new over a wallet", "new", { ...kept, code: 78, says: ["data/mnemonic", "already"] }),
  wallet("import over a wallet", "import", {
    ...{ ...kept, stdin: MNEMONIC, code: 78 },
    says: ["data/mnemonic", "already"],
  }),
  wallet("import of a phrase on the command line", `import ${MNEMONIC}`, {
    ...{ code: 64, says: ["mnemonic", "history"] },
  }),
  wallet("import of a quoted phrase", "import", {
    ...{ args: ["wallet", "import", MNEMONIC], code: 64, says: ["mnemonic", "history"] },
  }),
  wallet("import of some words on the command line", "import abandon about", {
    ...{ code: 64, says: ["command line", "history"] },
  }),
  wallet("import of a phrase as a flag's value", "import", {
    args: ["wallet", "import", "--mnemonic-file", MNEMONIC],
    ...{ code: 64, says: ["mnemonic", "history"] },
  }),
  wallet("new with a phrase", `new ${MNEMONIC}`, { code: 64, says: ["mnemonic"] }),
  wallet("import of nothing", "import", { code: 78, says: ["0 words"] }),
  wallet("import of eleven words", "import", {
    ...{ stdin: "abandon ".repeat(11), code: 78, says: ["11 words"] },
  }),
  wallet("import of a wrong checksum", "import", {
    ...{ stdin: "abandon ".repeat(12), code: 78, says: ["checksum"] },
  }),
  wallet("import of a book", "import", {
    ...{ stdin: "abandon ".repeat(1000), code: 78, says: ["1024 bytes"] },
  }),
  wallet("import into a place that is none", "import --mnemonic-file a/b", {
    ...{ stdin: MNEMONIC, files: { "a": "" }, code: 78, says: ["a/b"] },
  }),
  wallet("address without a wallet", "address", { code: 78, says: ["data/mnemonic", "missing"] }),
  wallet("register without a topic", "register", { ...kept, code: 64, says: ["--topic"] }),
  wallet("register in no number", "register --topic btc", { ...kept, code: 64, says: ["btc"] }),
  wallet("register without a node", "register --topic 69 --rpc http://127.0.0.1:1", {
    ...{ ...kept, code: 69, says: ["127.0.0.1:1"] },
  }),
  wallet("balance from another chain", "balance --rpc SERVER", {
    ...{ ...kept, answer: status({ network: "cosmoshub-4" }), code: 78, says: ["cosmoshub-4"] },
  }),
  wallet("faucet of the mainnet", "faucet --chain-id allora-mainnet-1", {
    ...{ ...kept, code: 78, says: ["allora-mainnet-1"] },
  }),
  wallet("with a fee granter's address mistyped", "balance", {
    files: { ".env": "ALLORA_FEE_GRANTER=allo10xcqpzrky6eff2g52qdye53xkk9jxkvr0nqlh7\n" },
    ...{ code: 78, says: [".env:1", "ALLORA_FEE_GRANTER", "checksum"] },
  }),
];

const others: Case[] = [
  {
    name: "a benchmark that is no JSON",
    args: ["evaluate", "--benchmark", "b.json"],
    files: { "b.json": "{" },
    code: 65,
    says: ["b.json"],
  },
  {
    name: "a benchmark without rows",
    args: ["evaluate", "--benchmark", "b.json"],
    files: { "b.json": '{"Xtr":[],"ytr":[]}' },
    code: 65,
    says: ["ytr"],
  },
  {
    name: "a devnet state that is no JSON",
    args: ["devnet", "--state", "s.json"],
    files: { "s.json": "[" },
    code: 78,
    says: ["s.json"],
  },
  {
    name: "a devnet state of the wrong shape",
    args: ["devnet", "--state", "s.json"],
    files: { "s.json": '{"chainId": 7}' },
    code: 78,
    says: ["chainId"],
  },
  submit("a ledger that is no database", {
    files: { "data/ledger.db": "not a database ".repeat(100) },
    code: 70,
    says: ["ledger.db"],
  }),
];

const CASES = [
  ...[...flags, ...envFiles, ...topicFiles, ...csvFiles, ...venues],
  ...[...artifacts, ...mnemonics, ...wallets, ...nodes, ...others],
];

Deno.test("every bad input gets one line, the right code, no stack, and loses nothing", async (t) => {
  assert(CASES.length >= 40, `${CASES.length} cases`);
  const queue = CASES.values();
  const failures: string[] = [];
  const worker = async () => {
    for (const each of queue) {
      const complaint = await tryCase(each);
      if (complaint !== undefined) failures.push(`${each.name}: ${complaint}`);
    }
  };
  await t.step(`${CASES.length} cases`, async () => {
    await Promise.all([worker(), worker()]);
    assertEquals(failures, []);
  });
});

async function tryCase(
  { args, code, says, files = {}, env, stdin, answer }: Case,
): Promise<string | undefined> {
  const cwd = await Deno.makeTempDir();
  const server = answer && Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, answer);
  const url = `http://127.0.0.1:${server?.addr.port}`;
  try {
    for (const [path, text] of Object.entries(files)) {
      await Deno.mkdir(`${cwd}/${path}`.replace(/\/[^/]*$/, ""), { recursive: true });
      await Deno.writeTextFile(`${cwd}/${path}`, text, { mode: 0o600 });
    }
    const started = args.map((arg) => arg.replace("SERVER", url));
    const ended = await runMain(started, {
      cwd,
      ...env ? { env } : {},
      ...stdin === undefined ? {} : { stdin },
    });
    const lines = ended.stderr.trimEnd().split("\n");
    const last = lines.at(-1) ?? "";
    if (ended.code !== code) return `exit ${ended.code}, not ${code}: ${ended.stderr}`;
    const missing = says.find((word) => !last.toLowerCase().includes(word.toLowerCase()));
    if (missing !== undefined) return `"${last}" does not say "${missing}"`;
    if (lines.length > 1 && lines.some((line) => !/^(Error:|\d\d:\d\d:\d\d)/.test(line))) {
      return ended.stderr;
    }
    if (lines.filter((line) => line.startsWith("Error:")).length > 1) return ended.stderr;
    if (/\n\s+at |file:\/\//.test(ended.stderr)) return `a stack: ${ended.stderr}`;
    if (WORDS_OF_MNEMONIC.test(ended.stderr + ended.stdout)) {
      return `words of the mnemonic: ${ended.stderr}`;
    }
    for (const [path, text] of Object.entries(files)) {
      if (await Deno.readTextFile(`${cwd}/${path}`) !== text) return `${path} was changed`;
    }
    return undefined;
  } finally {
    await server?.shutdown();
    await Deno.remove(cwd, { recursive: true });
  }
}
