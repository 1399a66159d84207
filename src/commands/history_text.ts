import { shortAllo } from "./short_allo.ts";
import { runwayText } from "./runway.ts";
import { alloOf } from "../chain/allo.ts";
import type { Epoch } from "../cycle/history.ts";
import type { Totals } from "../cycle/history_totals.ts";
import { table } from "../host/terminal.ts";
import type { History } from "./history.ts";

const RIGHT = "right" as const;
const HEAD = [
  ...[
    "topic",
    "nonce",
    "closed UTC",
    "we said",
    "network",
    "came true",
    "loss",
    "of zero",
    "ratio",
  ],
  ...["fee uallo", "reward ALLO", "outcome"],
];
const TOTALS_HEAD = [
  ...["topic", "windows", "met", "missed", "unknown", "hit rate", "direction [95 %]"],
  ...["mean loss", "of zero", "ratio"],
];

/** The history for a person: the epochs, newest last, why some were not met, and the totals. */
export function historyText(history: History): string {
  const { epochs, totals } = history;
  if (epochs.length === 0) return "the ledger has no epoch to show\n";
  const align = HEAD.map((name) => name === "outcome" ? "left" as const : RIGHT);
  const rows = totals.topics.length > 1 ? [...totals.topics, totals.all] : totals.topics;
  const parts = [
    table([HEAD, ...epochs.map(cellsOf)], { align }),
    notesOf(epochs).join("\n"),
    table([TOTALS_HEAD, ...rows.map(totalCells)], { align: TOTALS_HEAD.map(() => RIGHT) }),
    table(moneyRows(history)),
  ];
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

function cellsOf(epoch: Epoch): string[] {
  const { topicId, nonce, closedMs, submission, outcome, state } = epoch;
  const { feeUallo, rewardUallo, lossRatio } = epoch;
  return [
    String(topicId),
    String(nonce),
    closedMs === null ? "" : new Date(closedMs).toISOString().slice(5, 16).replace("T", " "),
    saidText(epoch),
    networkText(epoch),
    numberText(submission?.realised ?? null),
    lossText(submission?.loss ?? null),
    lossText(submission?.lossZero ?? null),
    lossRatio?.toFixed(3) ?? "",
    submission === null ? "" : String(feeUallo),
    rewardUallo === null ? "" : shortAllo(rewardUallo),
    outcome === "open" ? state ?? "" : outcome,
  ];
}

/** A star marks what a fallback said. */
function saidText({ submission }: Epoch): string {
  if (submission === null) return "";
  const { value, labels, fallback } = submission;
  const said = labels === null
    ? numberText(Number(value))
    : labels.map(({ value }) => probabilityText(value)).join("/");
  return fallback === null ? said : `${said}*`;
}

/** The network's value, or its values of the labels in the order of ours. */
function networkText({ submission, networkLabels }: Epoch): string {
  if (submission === null || submission.networkValue === null) return "";
  if (submission.labels === null) return numberText(Number(submission.networkValue));
  const valueOf = (wanted: string) =>
    networkLabels?.find(({ label }) => label === wanted)?.value ?? "0";
  return submission.labels.map(({ label }) => probabilityText(valueOf(label))).join("/");
}

/** ".48": several stand side by side. */
function probabilityText(text: string): string {
  return Number(text).toFixed(2).replace(/^0/, "");
}

/** Three digits, prices to the cent. */
function numberText(value: number | null): string {
  const isPrice = value !== null && Math.abs(value) >= 1000 && Math.abs(value) < 1e7;
  return isPrice ? value.toFixed(2) : lossText(value);
}

/** Three digits. */
function lossText(value: number | null): string {
  if (value === null) return "";
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e5 || size < 1e-4)) return value.toExponential(2);
  return size >= 1000 ? value.toFixed(0) : size === 0 ? "0" : value.toPrecision(3);
}

/** Windows named one by one in a note; the others are in the table. */
const NAMED = 3;

/** Why windows were not met, each reason once. */
function notesOf(epochs: readonly Epoch[]): string[] {
  const unmet = epochs.filter(({ outcome, state, reason }) =>
    reason !== null && (outcome !== "open" || state === "refused")
  );
  const groups = Map.groupBy(
    unmet,
    ({ outcome, reason }) => `${outcome === "open" ? "refused" : outcome}: ${reason}`,
  );
  const notes = [...groups].map(([why, some]) => {
    const named = some.slice(-NAMED).map(({ topicId, nonce }) => `${topicId}/${nonce}`).join(", ");
    const rest = some.length > NAMED ? `, and ${some.length - NAMED} before` : "";
    return `${why} (topic/nonce ${named}${rest})`;
  });
  const hasFallback = epochs.some(({ submission }) => submission?.fallback);
  return hasFallback ? [...notes, "* said by a fallback"] : notes;
}

function totalCells(totals: Totals): string[] {
  const { topicId, closed, met, missed, unknown, hitRate, direction } = totals;
  const { meanLoss, meanLossZero } = totals;
  return [
    topicId === null ? "all" : String(topicId),
    ...[closed, met, missed, unknown].map(String),
    hitRate === null ? "" : `${(hitRate * 100).toFixed(1)} %`,
    direction === null
      ? ""
      : `${direction.rate.toFixed(3)} [${direction.low.toFixed(3)}, ${
        direction.high.toFixed(3)
      }] of ${direction.of}`,
    lossText(meanLoss),
    lossText(meanLossZero),
    meanLoss === null || !meanLossZero ? "" : (meanLoss / meanLossZero).toFixed(3),
  ];
}

function moneyRows({ totals, money, balance, feeGranter }: History): string[][] {
  const { unpaid } = totals.all;
  const { feesUallo, registrationFeesUallo, rewardsUallo, netUallo } = money;
  const missing = unpaid === 0 ? "" : `, not known of ${unpaid} of the windows met`;
  return [
    ["fees", `${alloOf(feesUallo)} ALLO`],
    ["registrations", `${alloOf(registrationFeesUallo)} ALLO`],
    ["rewards", `${alloOf(rewardsUallo)} ALLO${missing}`],
    ["net", `${alloOf(netUallo)} ALLO`],
    ...balanceRows({ money, balance, feeGranter }),
  ];
}

function balanceRows(
  { money, balance, feeGranter }: Pick<History, "money" | "balance" | "feeGranter">,
): string[][] {
  if (balance === undefined) return [];
  if ("missing" in balance) return [["balance", `not known: ${balance.missing}`]];
  const { balanceUallo } = balance;
  const days = money.runwayDays(balanceUallo);
  const runway = feeGranter !== undefined
    ? `not known: ${feeGranter} pays the fees`
    : days !== null
    ? `${runwayText(days)} at this pace`
    : money.netUallo >= 0n
    ? "no end: rewards cover the fees"
    : "not known: too few epochs for a pace";
  return [["balance", `${alloOf(balanceUallo)} ALLO`], ["runway", runway]];
}
