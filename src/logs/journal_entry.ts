import type { EventName } from "../events.ts";
import type { JournalFields } from "../host/journal.ts";
import type { LogLevel } from "../settings.ts";
import { MESSAGE_IDS } from "./message_ids.ts";
import type { Loggable } from "./redact.ts";

/** syslog(3)'s priorities. */
export const PRIORITIES: Readonly<Record<LogLevel, number>> = {
  debug: 7,
  info: 6,
  warn: 4,
  error: 3,
};

/** Fields that the journal knows by a fuller name than the log. */
const FULL_NAMES: Readonly<Record<string, string>> = {
  topic: "topic_id",
  hash: "tx_hash",
  value: "prediction",
};

/** The journal's name of an event's field: ALLORA_TOPIC_ID for topic. */
export function journalField(name: string): string {
  return `ALLORA_${(FULL_NAMES[name] ?? name).toUpperCase()}`;
}

/** An event as an entry of the journal; `text` is what a person reads, `fields` are redacted already. */
export function journalEntry(
  name: EventName,
  level: LogLevel,
  text: string,
  fields: Readonly<Record<string, Loggable>>,
): JournalFields {
  const scalars = Object.entries(fields).filter(([field, value]) =>
    value !== null && typeof value !== "object" && /^\w{1,50}$/.test(field)
  );
  return {
    ...Object.fromEntries(scalars.map(([field, value]) => [journalField(field), String(value)])),
    MESSAGE: text,
    MESSAGE_ID: MESSAGE_IDS[name],
    PRIORITY: String(PRIORITIES[level]),
    SYSLOG_IDENTIFIER: "allora-pipeline",
    ALLORA_EVENT: name,
  };
}
