import type { Handler } from "../command.ts";
import { countOf, topicIdOf } from "../flag_value.ts";
import { ledgerIfThere } from "../look.ts";
import { settingsOf } from "../open_run.ts";
import { waiting } from "../progress.ts";
import { gather } from "./gather.ts";
import { overviewJson } from "./overview_json.ts";
import { overviewText } from "./overview_text.ts";

/** As many as fit beside the rest on 80 columns. */
const LAST = "24";
const MOST = 1000;

/** How everything stands, on one screen. */
export const status: Handler = async (invocation, terminal) => {
  const { values, json } = invocation;
  const last = countOf("last", values["last"] ?? LAST, MOST);
  const wanted = values["topic"] === undefined ? undefined : topicIdOf(values["topic"]);
  const settings = settingsOf(invocation, terminal);
  const isWanted = ({ topicId }: { readonly topicId: bigint | undefined }) =>
    wanted === undefined || topicId === wanted;
  const { host } = terminal;
  using ledger = ledgerIfThere(settings, host);
  using progress = waiting(terminal, `asking ${settings.chainId}`);
  const overview = await gather({
    settings: { ...settings, broken: settings.broken.filter(isWanted) },
    topics: settings.topics.filter(isWanted),
    ...{ host, ledger, last, signal: terminal.stopSignal() },
  });
  progress.terminal.out(
    json
      ? `${JSON.stringify(overviewJson(overview))}\n`
      : overviewText(overview, terminal.outColour),
  );
  return 0;
};
