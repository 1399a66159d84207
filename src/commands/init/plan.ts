import { join } from "node:path";
import { type ChainClient, connect } from "../../chain/client.ts";
import { envExample } from "../../settings.ts";
import { flagOf } from "../../settings/table.ts";
import type { Invocation } from "../command.ts";
import { isThere } from "../../host/paths.ts";
import { waiting } from "../progress.ts";
import { type AlertPlan, alertPlan } from "./alerts.ts";
import { withSettings } from "./env_text.ts";
import { conflictsIn, type Existing, globalFlags, refuseConflicts } from "./existing.ts";
import { networkSettings } from "./network.ts";
import type { SecretFile } from "./secrets.ts";
import { type NewTopic, newTopics } from "./topics.ts";
import { venuePlan } from "./venues.ts";
import { type WalletPlan, walletPlan } from "./wallet.ts";
import type { Wizard } from "./wizard.ts";

/** A text file that is to be written. */
export interface TextFile {
  readonly path: string;
  readonly text: string;
  /** What is new in it, as lines. */
  readonly lines: readonly string[];
}

/** Everything that is to be written, and what stays. */
export interface Plan {
  readonly chainId: string;
  readonly topics: readonly NewTopic[];
  readonly wallet: WalletPlan;
  readonly channels: AlertPlan["channels"];
  readonly texts: readonly TextFile[];
  readonly secrets: readonly SecretFile[];
}

/**
 * Asks for all that is missing and makes the plan; nothing is written. Throws "config" with the command
 * that keeps what is set, when a flag wants something else, and what asking and the chain throw.
 */
export async function planOf(wizard: Wizard, invocation: Invocation): Promise<Plan> {
  const { existing, conflicts } = wizard;
  const flags = globalFlags(invocation, wizard.terminal.cwd);
  const network = await networkSettings(wizard);
  const settings = new Map([...network, ...flags]);
  conflicts.push(
    ...conflictsIn(existing, settings, (name) => flags.has(name) ? flagOf(name) : "network"),
  );
  refuseConflicts(conflicts, invocation);

  const chain = await connected(wizard, settings);
  const topics = await newTopics(wizard, chain);
  refuseConflicts(conflicts, invocation);
  const wallet = await walletPlan(wizard);
  const venues = await venuePlan(wizard);
  const alerts = await alertPlan(wizard);
  refuseConflicts(conflicts, invocation);
  for (const [name, text] of [...venues.settings, ...alerts.settings]) settings.set(name, text);
  return {
    ...{ chainId: chain.chainId, topics, wallet, channels: alerts.channels },
    texts: [
      ...globalFile(existing, settings),
      ...topics.map((topic) => topicFile(existing, topic)),
    ],
    secrets: [...venues.files, ...alerts.files],
  };
}

/** The chain of the settings that are wanted, or else of those there are. */
async function connected(
  { existing: { settings }, terminal, out }: Wizard,
  wanted: ReadonlyMap<string, string>,
): Promise<ChainClient> {
  const { host } = terminal;
  const { rpcTimeoutMs: timeoutMs } = settings;
  const expectChainId = wanted.get("ALLORA_CHAIN_ID") ?? settings.chainId;
  const urls = wanted.get("ALLORA_RPC")?.split(",").map((url) => url.trim()) ?? settings.rpc;
  using progress = waiting(terminal, `asking ${expectChainId}`);
  const chain = await connect({ urls, expectChainId, timeoutMs, host });
  const { height } = await chain.head();
  progress[Symbol.dispose]();
  out(`${chain.chainId} at ${chain.url}, block ${height}\n`);
  return chain;
}

const linesOf = (settings: ReadonlyMap<string, string>) =>
  [...settings].map(([name, text]) => `${name}=${text}`);

function globalFile(
  { place: { globalFile: path }, file }: Existing,
  wanted: ReadonlyMap<string, string>,
): readonly TextFile[] {
  const missing = new Map([...wanted].filter(([name]) => !file.has(name)));
  if (missing.size === 0) return [];
  const before = isThere(path) ? Deno.readTextFileSync(path) : envExample();
  return [{ path, text: withSettings(before, missing), lines: linesOf(missing) }];
}

function topicFile({ place }: Existing, { topicId, settings }: NewTopic): TextFile {
  const path = join(place.topicsDir, `${topicId}.env`);
  return { path, text: withSettings(envExample("topic"), settings), lines: linesOf(settings) };
}
