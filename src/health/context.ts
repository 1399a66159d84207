import type { ChainClient } from "../chain/client.ts";
import type { Probe } from "../chain/probe.ts";
import type { Host } from "../host/host.ts";
import type { LedgerReader } from "../ledger/read.ts";
import type { Venue } from "../market/venue.ts";
import type { Settings, TopicSettings } from "../settings.ts";

/** What the cycle knows of a topic's model; times are epoch milliseconds. */
export interface ModelFacts {
  readonly topicId: bigint;
  /** "ridge 1a2b…", or the person's own as it stands in the settings. */
  readonly model: string;
  /** Since the end of what it was trained on; undefined for the person's own, which has no age. */
  readonly ageMs: number | undefined;
  /** The epoch at which its errors were seen to have risen. Throws what reading the ledger throws. */
  driftMs(): number | undefined;
}

/** What the checks look at. What is asked for twice is asked once; what cannot be had throws. */
export interface HealthContext {
  readonly settings: Settings;
  readonly host: Host;
  /** Aborted when the time of all checks is up. */
  readonly signal: AbortSignal;
  /** While it is there, the timers and the daemon do not start. */
  readonly pauseFile: string;
  /** Of the file system: another one in a test. */
  readonly root: string;
  ledger(): LedgerReader;
  /** The address that submits; throws "config" when the ledger has none. */
  worker(): string;
  chain(): Promise<ChainClient>;
  /** Each configured endpoint, asked by itself. */
  probes(): Promise<readonly Probe[]>;
  /** "Now" in the market: the head block's time, or the wall clock's when no node answers. */
  marketNowMs(): Promise<number>;
  venues(topic: TopicSettings): readonly Venue[];
  /** Logs that were moved aside and are not in archives yet, oldest first. Throws what looking throws. */
  logSegments(): readonly { readonly name: string; readonly rotatedMs: number }[];
  /** Whether the units let the daemon submit, and not timers. Throws what looking throws. */
  isDaemonEnabled(): boolean;
  /** Undefined: the topic has no model yet. Throws what reading it throws. */
  model(topic: TopicSettings, nowMs: number): Promise<ModelFacts | undefined>;
}
