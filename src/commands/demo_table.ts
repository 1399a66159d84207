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
    return this.#epochs().every(({ row }) => isFinal(row));
  }

  /** Shows what is new: on a terminal drawn over, in a pipe each epoch once it is final. */
  draw(): void {
    if (this.#isSilent) return;
    const epochs = this.#epochs();
    const [head, ...lines] = table([HEAD, ...epochs.map((each) => this.#cells(each))], ALIGN)
      .split("\n");
    if (this.#terminal.isInteractive) this.#drawOver([head!, ...lines]);
    else {
      const open = epochs.findIndex(({ row }) => !isFinal(row));
      this.#printFinal(head!, open < 0 ? lines : lines.slice(0, open));
    }
  }

  end(): void {
    if (this.#isSilent) return;
    const cells = this.#epochs().map((each) => this.#cells(each));
    const [head, ...lines] = table([HEAD, ...cells], ALIGN).split("\n");
    if (this.#terminal.isInteractive) this.#drawOver([head!, ...lines]);
    else this.#printFinal(head!, lines);
  }

  #drawOver(lines: readonly string[]): void {
    const text = `${lines.join("\n")}\n`;
    if (text === this.#drawn) return;
    const up = this.#drawnLines === 0 ? "" : `\x1b[${this.#drawnLines}A\x1b[J`;
    this.#terminal.out(up + text);
    this.#drawn = text;
    this.#drawnLines = lines.length;
  }

  #printFinal(head: string, lines: readonly string[]): void {
    if (lines.length <= this.#drawnLines) return;
    const fresh = lines.slice(this.#drawnLines);
    this.#terminal.out([...this.#drawnLines === 0 ? [head] : [], ...fresh, ""].join("\n"));
    this.#drawnLines = lines.length;
  }

  /** Every window that has closed or that something was made for, oldest first. */
  #epochs(): readonly Epoch[] {
    const rows = this.#rows();
    const nonces = new Set([...this.#closed, ...rows.map(({ nonce }) => nonce)]);
    return [...nonces].sort((a, b) => Number(a - b)).map((nonce, place) => ({
      ...{ place, nonce, row: rows.find((row) => row.nonce === nonce) },
    }));
  }

  #rows(): readonly PastSubmission[] {
    return this.#run.ledger.history(this.#topic.topicId, 1000);
  }

  #cells({ place, nonce, row }: Epoch): string[] {
    const shown = [String(place + 1), String(nonce)];
    if (row === undefined) {
      return [...shown, "", "", "", "", "", this.#stateOf({ included: false })];
    }
    const { low, high, realised, loss, lossZero, feePaidUallo } = row;
    return [
      ...shown,
      percent(Number(row.value)),
      low === null || high === null ? "" : `${percent(low)} … ${percent(high)}`,
      realised === null ? "" : percent(realised),
      loss === null || !lossZero ? "" : (loss / lossZero).toFixed(3),
      feePaidUallo === 0n ? "" : String(feePaidUallo),
      this.#stateOf(row),
    ];
  }

  #stateOf({ state, included, realised }: Partial<PastSubmission>): string {
    const colour = this.#terminal.outColour;
    if (included === false) return paint("missed", "red", colour);
    if (typeof realised === "number") return paint("scored", "green", colour);
    if (included) return paint("proven", "green", colour);
    return state ?? "";
  }
}

interface Epoch {
  readonly place: number;
  readonly nonce: bigint;
  /** Undefined: the window passed without a visit. */
  readonly row: PastSubmission | undefined;
}

function isFinal(row: PastSubmission | undefined): boolean {
  return row === undefined || row.realised !== null || row.included === false;
}

const ALIGN = { align: ["right", "right", "right", "right", "right", "right", "right"] } as const;

/** A log-return in per cent, signed. */
function percent(logReturn: number): string {
  return `${logReturn < 0 ? "" : "+"}${(100 * logReturn).toFixed(4)} %`;
}
