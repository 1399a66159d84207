import { join } from "node:path";
import { connect } from "../../chain/client.ts";
import { envExample } from "../../settings.ts";
import { flagOf } from "../../settings/table.ts";
import type { Invocation } from "../command.ts";
import { isThere } from "../doctor/system.ts";
import { waiting } from "../progress.ts";
import type { Terminal } from "../terminal_io.ts";
import { type AlertPlan, alertPlan } from "./alerts.ts";
import { withSettings } from "./env_text.ts";
import {
  type Conflict,
  conflictsIn,
  type Existing,
  globalFlags,
  refuseConflicts,
} from "./existing.ts";
import { networkSettings } from "./network.ts";
import type { Questions } from "./questions.ts";
import type { SecretFile } from "./secrets.ts";
import { type NewTopic, newTopics } from "./topics.ts";
import { venuePlan } from "./venues.ts";
import { type WalletPlan, walletPlan } from "./wallet.ts";

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
export async function planOf(
  questions: Questions,
  invocation: Invocation,
  existing: Existing,
  terminal: Terminal,
  out: (text: string) => void,
): Promise<Plan> {
  const { cwd, host } = terminal;
  const { settings: now } = existing;
  const conflicts: Conflict[] = [];
  const flags = globalFlags(invocation, cwd);
  const network = await networkSettings(questions, invocation, existing, cwd);
  const settings = new Map([...network, ...flags]);
  conflicts.push(
    ...conflictsIn(existing, settings, (name) => flags.has(name) ? flagOf(name) : "network"),
  );
  refuseConflicts(conflicts, invocation);

  const chainId = settings.get("ALLORA_CHAIN_ID") ?? now.chainId;
  const urls = settings.get("ALLORA_RPC")?.split(",").map((url) => url.trim()) ?? now.rpc;
  const timeoutMs = now.rpcTimeoutMs;
  using progress = waiting(terminal, `asking ${chainId}`);
  const chain = await connect({ urls, expectChainId: chainId, timeoutMs, host });
  const { height } = await chain.head();
  progress[Symbol.dispose]();
  out(`${chainId} at ${chain.url}, block ${height}\n`);

  const topics = await newTopics(questions, invocation, existing, conflicts, chain, terminal, out);
  refuseConflicts(conflicts, invocation);
  const wallet = await walletPlan(questions, invocation, existing, conflicts);
  const venues = await venuePlan(questions, invocation, existing, conflicts, cwd);
  const alerts = await alertPlan(questions, invocation, existing, conflicts, cwd);
  refuseConflicts(conflicts, invocation);
  for (const [name, text] of [...venues.settings, ...alerts.settings]) settings.set(name, text);
  return {
    ...{ chainId, topics, wallet, channels: alerts.channels },
    texts: [
      ...globalFile(existing, settings),
      ...topics.map((topic) => topicFile(existing, topic)),
    ],
    secrets: [...venues.files, ...alerts.files],
  };
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
