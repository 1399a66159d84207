import { join } from "node:path";
import { BaseHandler, type LevelName, Logger } from "@std/log";
import { messageOf } from "../errors.ts";
import { type Colour, paint } from "../host/terminal.ts";
import type { Journal } from "../host/journal.ts";
import type { LogLevel } from "../settings.ts";
import { type EventName, EVENTS } from "../events.ts";
import { journalEntry, PRIORITIES } from "./journal_entry.ts";
import { LogFile } from "./log_file.ts";
import { type Loggable, redactFields } from "./redact.ts";

/** Where facts are told: once, by the cycle and the commands, never by the rooms below them. */
export interface Log extends Disposable {
  /** Logs an event with its fields, at the event's own level unless another is given. */
  event(name: EventName, fields?: Readonly<Record<string, unknown>>, level?: LogLevel): void;
}

export interface LogOptions {
  /** Directory of submission.log, made when missing. */
  readonly dir: string;
  /** The least severe events to log. */
  readonly level: LogLevel;
  /** Takes whole lines for a person. */
  readonly stderr: { write(text: string): void };
  readonly colour: boolean;
  /** Where stderr goes to it: takes events with their fields in place of the lines for a person. */
  readonly journal?: Journal | undefined;
  nowMs(): number;
}

type Fields = Readonly<Record<string, Loggable>>;

/**
 * Opens the log: one JSON object a line in submission.log ("ignore fields you do not know"), and an
 * entry in the journal or one line for a person on stderr. Throws PipelineError "denied" or "config" when
 * the file cannot be written. A disk that fills up later does not stop a submission: it is said once on
 * stderr; nor does a journal that takes nothing: it gets the line through stderr, with its level.
 */
export function openLog(options: LogOptions): Log {
  const { dir, level: least, stderr, colour, journal, nowMs } = options;
  const file = new LogFile(join(dir, "submission.log"));
  let fileWorks = true;
  const toFile = new LineHandler(({ args }) => String(args[0]), (line) => {
    try {
      file.append(line);
      fileWorks = true;
    } catch (thrown) {
      if (fileWorks) stderr.write(`Cannot write submission.log: ${messageOf(thrown)}\n`);
      fileWorks = false;
    }
  });
  const toPerson = new LineHandler(({ msg }) => msg, (line) => stderr.write(`${line}\n`));
  const logger = new Logger("allora-pipeline", LEVEL_NAMES[least], {
    handlers: journal === undefined ? [toFile, toPerson] : [toFile],
  });

  return {
    event(name, fields = {}, level = EVENTS[name].level) {
      if (LEVELS.indexOf(level) < LEVELS.indexOf(least)) return;
      const time = new Date(nowMs()).toISOString();
      const known = redactFields(Object.entries(fields));
      const { message, rest } = fill(EVENTS[name].message, known);
      const word = paint(level.toUpperCase().padEnd(5), COLOURS[level], colour);
      const text = [message, ...rest].join(" ");
      const ours = { time, level, event: name, message };
      // Ours come first in the line, and win over a field of the same name.
      const line = JSON.stringify({ ...ours, ...known, ...ours });
      logger[level](`${time.slice(11, 19)} ${word} ${text}`, line);
      journal?.send(
        journalEntry(name, level, text, known),
        () => stderr.write(`<${PRIORITIES[level]}>${text}\n`),
      );
    },
    [Symbol.dispose]: () => file[Symbol.dispose](),
  };
}

/** @std/log's handler, reduced to a sink of lines. */
class LineHandler extends BaseHandler {
  readonly #write: (line: string) => void;

  constructor(formatter: BaseHandler["formatter"], write: (line: string) => void) {
    super("NOTSET", { formatter });
    this.#write = write;
  }

  override log(line: string): void {
    this.#write(line);
  }
}

const LEVELS: readonly LogLevel[] = ["debug", "info", "warn", "error"];
const LEVEL_NAMES: Readonly<Record<LogLevel, LevelName>> = {
  debug: "DEBUG",
  info: "INFO",
  warn: "WARN",
  error: "ERROR",
};
export const COLOURS: Readonly<Record<LogLevel, Colour>> = {
  debug: "dim",
  info: "green",
  warn: "yellow",
  error: "red",
};

/** The message with its fields filled in, and the fields that it does not name as "name value". */
function fill(template: string, fields: Fields): { message: string; rest: string[] } {
  const named = new Set<string>();
  const message = template.replace(/\{(\w+)\}/g, (_, name: string) => {
    named.add(name);
    return plain(fields[name] ?? "-");
  });
  const others = Object.entries(fields).filter(([name]) => !named.has(name));
  return { message, rest: others.map(([name, value]) => `${name} ${quoted(plain(value))}`) };
}

/** On one line, and without anything that would move a terminal's cursor. */
export function plain(value: Loggable): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, " ");
}

/** As one word, for a person. */
export function quoted(text: string): string {
  return text === "" || text.includes(" ") ? JSON.stringify(text) : text;
}
