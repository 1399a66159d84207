import { paint, table } from "../host/terminal.ts";
import type { TopicSettings } from "../settings.ts";
import type { OpenRun } from "./open_run.ts";

export interface DemoSummary {
  /** Windows closed. */
  readonly epochs: number;
  readonly submitted: number;
  /** In a block with code 0. */
  readonly confirmed: number;
  /** In the chain's list of the window's inferences after it closed. */
  readonly proven: number;
  /** Windows closed without a proven inference. */
  readonly missed: number;
  readonly scored: number;
  readonly feesUallo: bigint;
  /** Sum of squared errors over that of the zero forecast; null when nothing was scored. */
  readonly mseRatio: number | null;
  /** Share of the realised values inside their 90 % interval. */
  readonly coverage90: number | null;
}

/** What became of the windows with these nonces, from the ledger. */
export function summaryOf(
  run: OpenRun,
  topic: TopicSettings,
  nonces: readonly bigint[],
): DemoSummary {
  const rows = run.ledger.history(topic.topicId, 1000).filter(({ nonce }) =>
    nonces.includes(nonce)
  );
  const count = (test: (row: typeof rows[number]) => boolean) => rows.filter(test).length;
  const proven = count(({ included }) => included === true);
  const scored = rows.filter(({ realised }) => realised !== null);
  const sum = (of: (row: typeof rows[number]) => number) =>
    scored.reduce((total, row) => total + of(row), 0);
  const isInside = (row: typeof rows[number]) =>
    row.low! <= row.realised! && row.realised! <= row.high!;
  return {
    epochs: nonces.length,
    submitted: count(({ hash }) => hash !== null),
    confirmed: count(({ state, hash }) => state === "confirmed" && hash !== null),
    proven,
    missed: nonces.length - proven,
    scored: scored.length,
    feesUallo: run.ledger.feesSince(0),
    mseRatio: scored.length === 0
      ? null
      : sum(({ loss }) => loss!) / sum(({ lossZero }) => lossZero!),
    coverage90: scored.length === 0 ? null : sum((row) => Number(isInside(row))) / scored.length,
  };
}

export function summaryJson(summary: DemoSummary) {
  const { epochs, submitted, confirmed, proven, missed, scored, feesUallo, mseRatio, coverage90 } =
    summary;
  return {
    ...{ epochs, submitted, confirmed, proven, missed, scored },
    ...{ fees_uallo: String(feesUallo), mse_ratio: mseRatio, coverage90 },
  };
}

export function summaryText(summary: DemoSummary, colour: boolean): string {
  const { epochs, submitted, confirmed, proven, missed, scored, feesUallo } = summary;
  const shown = (value: number | null, digits: number) => value?.toFixed(digits) ?? "-";
  const rows = [
    ["windows closed", String(epochs)],
    ["submitted, in a block", `${submitted}, ${confirmed}`],
    ["proven in the active set", paint(String(proven), missed === 0 ? "green" : "red", colour)],
    ["missed", paint(String(missed), missed === 0 ? "green" : "red", colour)],
    ["fees", `${feesUallo} uallo for the transactions, registration included`],
    [
      "squared error",
      `${shown(summary.mseRatio, 4)} of the zero forecast's, over ${scored} epochs`,
    ],
    ["inside the 90 % interval", `${shown(summary.coverage90, 2)} of ${scored}`],
  ];
  return `\n${table(rows)}\n
Hourly returns are close to unpredictable: a ratio near 1 is the honest result, and ${scored} epochs
show that the work is done, not that the model has skill. That is what evaluate is for.
`;
}
