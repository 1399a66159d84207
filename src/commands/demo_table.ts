import type { PastSubmission } from "../ledger/submission.ts";
import { paint, table } from "../host/terminal.ts";
import type { TopicSettings } from "../settings.ts";
import type { OpenRun } from "./open_run.ts";
import type { Terminal } from "./terminal_io.ts";

const HEAD = [
  "epoch",
  "nonce",
  "prediction",
  "90 % interval",
  "realised",
  "loss/zero",
  "fee uallo",
  "state",
];

/** The demo's epochs as they come: drawn over on a terminal, printed once scored in a pipe. */
export class DemoTable {
  readonly #run: OpenRun;
  readonly #topic: TopicSettings;
  readonly #closed: readonly bigint[];
  readonly #terminal: Terminal;
  readonly #isSilent: boolean;
  #drawnLines = 0;
  #drawn = "";

  constructor(
    run: OpenRun,
    topic: TopicSettings,
    closed: readonly bigint[],
    terminal: Terminal,
    isSilent: boolean,
  ) {
    this.#run = run;
    this.#topic = topic;
    this.#closed = closed;
    this.#terminal = terminal;
    this.#isSilent = isSilent;
  }

  /** Whether every closed window's submission has met its truth. */
  isComplete(): boolean {
    const rows = this.#rows();
    return this.#closed.every((nonce) => {
      const row = rows.find((each) => each.nonce === nonce);
      return row === undefined || row.realised !== null || row.included === false;
    });
  }

  /** Draws what is new. In a pipe the table is printed by end(). */
  draw(): void {
    if (!this.#isSilent && this.#terminal.isInteractive) this.#redraw();
  }

  end(): void {
    if (!this.#isSilent) this.#redraw();
  }

  #redraw(): void {
    const text = `${
      table([HEAD, ...this.#rows().map((row, place) => this.#cells(row, place))], ALIGN)
    }\n`;
    if (text === this.#drawn) return;
    const up = this.#drawnLines === 0 ? "" : `\x1b[${this.#drawnLines}A\x1b[J`;
    this.#terminal.out(up + text);
    this.#drawn = text;
    this.#drawnLines = text.split("\n").length - 1;
  }

  #rows(): readonly PastSubmission[] {
    return this.#run.ledger.history(this.#topic.topicId, 1000).toReversed();
  }

  #cells(row: PastSubmission, place: number): string[] {
    const { low, high, realised, loss, lossZero, feePaidUallo } = row;
    return [
      String(place + 1),
      String(row.nonce),
      percent(Number(row.value)),
      low === null || high === null ? "" : `${percent(low)} … ${percent(high)}`,
      realised === null ? "" : percent(realised),
      loss === null || !lossZero ? "" : (loss / lossZero).toFixed(3),
      feePaidUallo === 0n ? "" : String(feePaidUallo),
      this.#stateOf(row),
    ];
  }

  #stateOf({ state, included, realised }: PastSubmission): string {
    const colour = this.#terminal.outColour;
    if (included === false) return paint("missed", "red", colour);
    if (realised !== null) return paint("scored", "green", colour);
    if (included) return paint("proven", "green", colour);
    return state;
  }
}

const ALIGN = { align: ["right", "right", "right", "right", "right", "right", "right"] } as const;

/** A log-return in per cent, signed. */
function percent(logReturn: number): string {
  return `${logReturn < 0 ? "" : "+"}${(100 * logReturn).toFixed(4)} %`;
}
