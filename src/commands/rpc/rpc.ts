import { survey, type Surveyed } from "../../chain/survey.ts";
import { EXIT_CODES } from "../../errors.ts";
import type { Handler, Invocation } from "../command.ts";
import { countOf, topicIdOf } from "../flag_value.ts";
import { ledgerOrWhyNot } from "../look.ts";
import { settingsOf } from "../open_run.ts";
import { waiting } from "../progress.ts";
import { latencyOf, rpcJson, rpcText } from "./shown.ts";

/** Enough for a median, few enough not to be a burden. */
const SAMPLES = "5";
const MAX_SAMPLES = 100;

/** Looks at every endpoint as it is now, and says which would be used. */
export const rpc: Handler = async (invocation, terminal) => {
  const { json, values } = invocation;
  const settings = settingsOf(invocation, terminal);
  const samples = countOf("samples", values["samples"] ?? SAMPLES, MAX_SAMPLES);
  const topicIds = topicsAsked(invocation, settings.topics.map(({ topicId }) => topicId));
  const { host } = terminal;
  const { ledger, whyNot } = ledgerOrWhyNot(settings, host);
  using _ledger = ledger;
  using progress = waiting(terminal, `asking ${settings.rpc.length} endpoints`);
  const { rpc: urls, chainId: expectChainId, rpcTimeoutMs: timeoutMs } = settings;
  const found = (await survey({
    ...{ urls, expectChainId, timeoutMs, host, topicIds, samples },
    ...{ known: ledger?.endpoints() ?? [], signal: terminal.stopSignal() },
  })).toSorted(byLatency);
  const seen = { chainId: expectChainId, endpoints: found, topicIds, noRecord: whyNot };
  progress.terminal.out(
    json ? `${JSON.stringify(rpcJson(seen))}\n` : rpcText(seen, terminal.outColour),
  );
  return found.some(({ use }) => use !== "none") ? 0 : EXIT_CODES.unavailable;
};

/** What rpc has to say. */
export interface Seen {
  readonly chainId: string;
  /** Those that can be used first, then by latency. */
  readonly endpoints: readonly Surveyed[];
  readonly topicIds: readonly bigint[];
  /** Why the ledger, which holds the endpoints' records, cannot be read. */
  readonly noRecord: Error | undefined;
}

function topicsAsked({ values: { topic } }: Invocation, on: readonly bigint[]): readonly bigint[] {
  return topic === undefined ? on : [topicIdOf(topic)];
}

function byLatency(a: Surveyed, b: Surveyed): number {
  const isNone = ({ use }: Surveyed) => use === "none" ? 1 : 0;
  return isNone(a) - isNone(b) || (latencyOf(a) ?? Infinity) - (latencyOf(b) ?? Infinity) || 0;
}
