import type { Surveyed, Use } from "../../chain/survey.ts";
import { type Colour, paint, table } from "../../host/terminal.ts";
import type { Seen } from "./rpc.ts";

const HEAD = ["endpoint", "latency", "height", "lag", "api", "windows", "use"];
const LEFT = new Set(["endpoint", "api", "windows", "use"]);

/** The table of the endpoints, and what to make of each, in words. */
export function rpcText({ chainId, endpoints, topicIds, noRecord }: Seen, colour: boolean): string {
  const align = HEAD.map((name) => LEFT.has(name) ? "left" as const : "right" as const);
  const rows = endpoints.map((each) => [
    nameOf(each),
    latencyText(each),
    String(each.status?.height ?? ""),
    String(each.lag ?? ""),
    each.generation === undefined ? "" : `v${each.generation}`,
    windowsText(each),
    paint(each.use, USE_COLOURS[each.use], colour),
  ]);
  const usable = endpoints.filter(({ use }) => use !== "none").length;
  const verdict = usable === 0
    ? `no endpoint of ${chainId} can be used`
    : `${usable} of ${endpoints.length} endpoints of ${chainId} can be used`;
  const notes = [
    ...endpoints.map(sentenceOf),
    ...windowNotes({ endpoints, topicIds }),
    ...usable === 1 ? ["nobody confirms what the one says: name another in ALLORA_RPC"] : [],
    ...noRecord === undefined ? [] : [`how they served before is not known: ${noRecord.message}`],
  ];
  const bold = paint(verdict, usable === 0 ? "red" : "bold", colour);
  return `${bold}\n\n${table([HEAD, ...rows], { align })}\n\n${
    notes.map((note) => `# ${note}\n`).join("")
  }`;
}

export const USE_COLOURS: Readonly<Record<Use, Colour>> = {
  ...{ first: "green", second: "green", reserve: "dim", last: "yellow", none: "red" },
};

const SENTENCES: Readonly<Record<Use, string>> = {
  first: "is asked first",
  second: "is asked to confirm what the first says",
  reserve: "is asked when another fails",
  last: "is asked when no other answers",
  none: "is not used",
};

/** What to make of an endpoint, in words. */
export function sentenceOf(each: Surveyed): string {
  const { use, why, origin } = each;
  const said = why === undefined
    ? SENTENCES[use]
    : `${SENTENCES[use]}: ${why.message.replace(`Cannot use ${origin}: `, "")}`;
  const figures = [...rangeOf(each), ...servedOf(each)].join("; ");
  return `${nameOf(each)} ${said}${figures === "" ? "" : ` (${figures})`}`;
}

/** Short: most endpoints are https. */
export function nameOf({ origin }: Surveyed): string {
  return origin.replace("https://", "");
}

/** The median of an endpoint's latencies, milliseconds; undefined when it never answered. */
export function latencyOf({ latenciesMs }: Surveyed): number | undefined {
  const sorted = latenciesMs.toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)];
}

function latencyText(each: Surveyed): string {
  const median = latencyOf(each);
  return median === undefined ? "" : `${Math.round(median)} ms`;
}

function rangeOf({ latenciesMs }: Surveyed): string[] {
  if (latenciesMs.length < 2) return [];
  const [low, high] = [Math.min(...latenciesMs), Math.max(...latenciesMs)].map(Math.round);
  return [low === high ? `${low} ms` : `${low} to ${high} ms`];
}

function servedOf({ record: { answers, failures } }: Surveyed): string[] {
  return answers + failures === 0 ? [] : [`answered ${answers} of ${answers + failures} so far`];
}

function windowsText({ windows }: Surveyed): string {
  if (windows.length === 0) return "";
  const odd = windows.filter(({ agrees }) => agrees === false).length;
  if (odd > 0) return `${odd} of ${windows.length} odd`;
  return windows.every(({ agrees }) => agrees === true) ? "agree" : "alone";
}

/** Where the endpoints differ on a topic's window, who says what. */
function windowNotes({ endpoints, topicIds }: Pick<Seen, "endpoints" | "topicIds">): string[] {
  return topicIds.flatMap((topicId) => {
    const said = endpoints.flatMap((each) =>
      each.windows.filter((window) => window.topicId === topicId)
        .map(({ says }) => ({ name: nameOf(each), says }))
    );
    if (new Set(said.map(({ says }) => says)).size < 2) return [];
    const words = said.map(({ name, says }) => `${name} says ${says}`).join(", ");
    return [`topic ${topicId}: ${words}`];
  });
}

const iso = (ms: number | null) => ms === null ? null : new Date(ms).toISOString();

/** The same for a machine. */
export function rpcJson({ chainId, endpoints }: Seen) {
  return {
    chain_id: chainId,
    usable: endpoints.filter(({ use }) => use !== "none").length,
    endpoints: endpoints.map(surveyedJson),
  };
}

/** One endpoint for a machine. */
export function surveyedJson(each: Surveyed) {
  const { status, record } = each;
  return {
    url: each.origin,
    use: each.use,
    why: each.why?.message ?? null,
    chain_id: status?.chainId ?? null,
    height: status === undefined ? null : Number(status.height),
    block_time: iso(status?.timeMs ?? null),
    lag_blocks: each.lag === undefined ? null : Number(each.lag),
    catching_up: status?.catchingUp ?? null,
    latency_ms: latencyOf(each) ?? null,
    latencies_ms: each.latenciesMs,
    emissions: each.generation ?? null,
    windows: each.windows.map(({ topicId, says, agrees }) => ({
      topic_id: String(topicId),
      says,
      agrees: agrees ?? null,
    })),
    record: {
      answers: record.answers,
      failures: record.failures,
      failures_in_a_row: record.streak,
      latency_ms: record.latencyMs,
      last_error: record.lastError,
      last_error_at: iso(record.lastErrorMs),
    },
  };
}
