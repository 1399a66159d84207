import { EVENTS } from "../events.ts";
import { paint } from "../host/terminal.ts";
import type { LogLevel } from "../settings.ts";
import { COLOURS, plain, quoted } from "./log.ts";
import type { Loggable } from "./redact.ts";

/**
 * A line of submission.log as the log shows it on stderr, with its date. What is no event's line is
 * shown as it is, without anything that would move a terminal's cursor.
 */
export function personLine(line: string, colour: boolean): string {
  const { time, level, event, message, ...fields } = fieldsOf(line);
  if (typeof time !== "string" || typeof message !== "string" || !isLevel(level)) {
    return plain(line);
  }
  const named: string = EVENTS[event as keyof typeof EVENTS]?.message ?? "";
  const rest = Object.entries(fields).filter(([name]) => !named.includes(`{${name}}`))
    .map(([name, value]) => `${plain(name)} ${quoted(plain(value))}`);
  const moment = plain(time).slice(0, 19).replace("T", " ");
  const word = paint(level.toUpperCase().padEnd(5), COLOURS[level], colour);
  return [moment, word, plain(message), ...rest].join(" ");
}

function isLevel(level: unknown): level is LogLevel {
  return typeof level === "string" && Object.hasOwn(COLOURS, level);
}

function fieldsOf(line: string): Readonly<Record<string, Loggable>> {
  try {
    const parsed: Loggable = JSON.parse(line);
    return typeof parsed === "object" && parsed !== null && !Array.isArray(parsed)
      ? parsed as Readonly<Record<string, Loggable>>
      : {};
  } catch (thrown) {
    if (thrown instanceof SyntaxError) return {};
    throw thrown;
  }
}
