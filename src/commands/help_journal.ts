import { table } from "../host/terminal.ts";
import { MESSAGE_IDS } from "../logs/message_ids.ts";

/** Questions to the journal that the units write to; each works as it stands. */
export const JOURNAL_QUERIES: readonly { readonly query: string; readonly meaning: string }[] = [
  {
    query: "journalctl -u 'allora-pipeline-*' -p warning --since today",
    meaning: "what asks for attention",
  },
  { query: "journalctl -u allora-pipeline-submit -n 50", meaning: "the newest visits" },
  { query: "journalctl -t allora-pipeline -f", meaning: "every event, as it happens" },
  { query: "journalctl ALLORA_TOPIC_ID=67 -o json", meaning: "all of one topic, with its fields" },
  {
    query: `journalctl MESSAGE_ID=${
      MESSAGE_IDS["submission.confirmed"]
    } --since -24h -o cat | wc -l`,
    meaning: "how many submissions a block took in 24 hours",
  },
  { query: "journalctl -x -u allora-pipeline-submit", meaning: "with cause and remedy below" },
  {
    query:
      "journalctl _SYSTEMD_INVOCATION_ID=$(systemctl show -P InvocationID allora-pipeline-submit)",
    meaning: "the last visit alone",
  },
  { query: "systemctl list-timers 'allora-pipeline-*'", meaning: "when the next visits come" },
];

/** What `help journal` prints. */
export function journalHelp(): string {
  const queries = JOURNAL_QUERIES.map(({ query, meaning }) => `  # ${meaning}\n  ${query}\n`);
  const ids = Object.entries(MESSAGE_IDS).map(([name, id]) => [`  ${name}`, id]);
  return `The journal

Where systemd runs the program, events go to its journal with fields to ask for, beside submission.log:

${queries.join("\n")}
Every event has ALLORA_EVENT, its name, and the fields of its line in submission.log as ALLORA_NONCE,
ALLORA_ERROR and so on; topic is ALLORA_TOPIC_ID, hash is ALLORA_TX_HASH, value is ALLORA_PREDICTION.
Its MESSAGE_ID never changes:

${table(ids)}
`;
}
