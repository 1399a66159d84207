import type { Ledger } from "../../ledger/ledger.ts";

/** What metrics are made of: the ledger, and what rooms know that health may not ask. */
export interface Source {
  readonly ledger: Ledger;
  /** Wall clock, epoch milliseconds. */
  readonly nowMs: number;
  readonly build: { readonly version: string; readonly commit: string; readonly deno: string };
  /** The topics that are on, whether their files can be used or not. */
  readonly topicIds: readonly bigint[];
  /** As configured: what an endpoint's URL has beyond scheme, host and port may be a secret. */
  readonly endpoints: readonly string[];
  /** Whether somebody else pays the fees. */
  readonly isGranted: boolean;
  /** End of the data that the topics' promoted models were trained with, epoch milliseconds. */
  readonly models: ReadonlyMap<bigint, number>;
  /** Of submission.log and of its rotated archives; undefined when it cannot be seen. */
  readonly logBytes: { readonly current: number; readonly archives: number } | undefined;
  readonly ledgerBytes: number | undefined;
}

/** What was seen longer ago, in milliseconds, is not known any more: health looks every hour. */
export const FORGET_MS = 2 * 3_600_000;
