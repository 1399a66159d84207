import { balanceOf, epochsOf } from "../cycle/history.ts";
import { moneyOf, totalsOf } from "../cycle/history_totals.ts";
import { PipelineError } from "../errors.ts";
import type { Handler, Invocation } from "./command.ts";
import { countOf, topicIdOf } from "./flag_value.ts";
import { historyCsv } from "./history_csv.ts";
import { historyJson } from "./history_json.ts";
import { historyText } from "./history_text.ts";
import { openRun, settingsOf } from "./open_run.ts";

/** What became of every epoch, and what it cost and earned. */
export const history: Handler = async (invocation, terminal) => {
  const { values, switches, json } = invocation;
  const asCsv = switches.has("csv");
  if (asCsv && json) {
    throw new PipelineError("usage", "Cannot print both: --csv and --json are two forms of one");
  }
  const options = optionsOf(values);
  using run = openRun(settingsOf(invocation, terminal), terminal);
  const epochs = epochsOf(run, options);
  if (asCsv) {
    terminal.out(historyCsv(epochs));
    return 0;
  }
  const totals = totalsOf(epochs);
  const [first] = epochs;
  const registrations = first === undefined
    ? 0n
    : run.ledger.registrationFees(first.firstMs, options.topicId);
  const money = moneyOf(epochs, totals.all, registrations);
  const workers = [...new Set(epochs.map(({ worker }) => worker))];
  const balance = workers.length === 0 ? undefined : await balanceOf(run, workers);
  const found = { epochs, totals, money, balance, feeGranter: run.settings.feeGranter };
  terminal.out(json ? `${JSON.stringify(historyJson(found))}\n` : historyText(found));
  return 0;
};

/** Everything that is printed; the balance is undefined when there is no worker to ask for. */
export interface History {
  readonly epochs: ReturnType<typeof epochsOf>;
  readonly totals: ReturnType<typeof totalsOf>;
  readonly money: ReturnType<typeof moneyOf>;
  readonly balance: Awaited<ReturnType<typeof balanceOf>> | undefined;
  /** Who pays the fees, when it is not the worker. */
  readonly feeGranter: string | undefined;
}

/** The most rows that --last may ask for: more than any ledger has. */
const MAX_ROWS = 10_000_000;

function optionsOf({ topic, last }: Invocation["values"]) {
  return {
    ...topic === undefined ? {} : { topicId: topicIdOf(topic) },
    ...last === undefined ? {} : { last: countOf("last", last, MAX_ROWS) },
  };
}
