import { type EventName, EVENTS } from "../events.ts";
import { journalField } from "./journal_entry.ts";
import { MESSAGE_IDS } from "./message_ids.ts";
import { REMEDIES, type Remedy } from "./remedies.ts";

/** The journal's catalog (systemd.journal-fields(7)): what `journalctl -x` shows below an event. */
export function catalog(): string {
  const entries = (Object.keys(EVENTS) as EventName[]).flatMap((name) => {
    const remedy = REMEDIES[name];
    return remedy === undefined ? [] : [entryOf(name, remedy)];
  });
  return [HEAD, ...entries].join("\n");
}

const HEAD = `# What to do about the events of allora-pipeline: journalctl -x shows it.
# Printed by allora-pipeline help catalog.
`;

function entryOf(name: EventName, { cause, remedy }: Remedy): string {
  const subject = EVENTS[name].message.replace(
    /\{(\w+)\}/g,
    (_, field: string) => `@${journalField(field)}@`,
  );
  return `-- ${MESSAGE_IDS[name]}
Subject: ${subject}
Defined-By: allora-pipeline
Documentation: man:allora-pipeline(1)

${folded(cause)}

${folded(remedy)}
`;
}

/** Lines of at most 78 characters; journalctl draws a frame to their left. */
function folded(text: string): string {
  return text.replace(/(.{1,78})(?: |$)/g, "$1\n").trimEnd();
}
