// npm-only stand-in for jsr:@std/log: Logger and BaseHandler, written for this project.
const LogLevels = { NOTSET: 0, DEBUG: 10, INFO: 20, WARN: 30, ERROR: 40, CRITICAL: 50 } as const;
export type LevelName = keyof typeof LogLevels;
export type LogLevel = typeof LogLevels[LevelName];

export interface LogRecord {
  readonly msg: string;
  readonly args: unknown[];
  readonly datetime: Date;
  readonly level: number;
  readonly levelName: string;
  readonly loggerName: string;
}
export type FormatterFunction = (logRecord: LogRecord) => string;

export abstract class BaseHandler {
  formatter: FormatterFunction;
  levelName: LevelName;

  constructor(levelName: LevelName, options: { formatter?: FormatterFunction } = {}) {
    this.levelName = levelName;
    this.formatter = options.formatter ?? (({ levelName, msg }) => `${levelName} ${msg}`);
  }
  get level(): LogLevel {
    return LogLevels[this.levelName];
  }
  handle(logRecord: LogRecord): void {
    if (this.level <= logRecord.level) this.log(this.format(logRecord));
  }
  format(logRecord: LogRecord): string {
    return this.formatter(logRecord);
  }
  abstract log(msg: string): void;
}

export class Logger {
  readonly loggerName: string;
  levelName: LevelName;
  handlers: BaseHandler[];

  constructor(
    loggerName: string,
    levelName: LevelName,
    options: { handlers?: BaseHandler[] } = {},
  ) {
    this.loggerName = loggerName;
    this.levelName = levelName;
    this.handlers = options.handlers ?? [];
  }
  get level(): LogLevel {
    return LogLevels[this.levelName];
  }
  #log(levelName: LevelName, msg: string, args: unknown[]): string {
    const level = LogLevels[levelName];
    if (this.level > level) return msg;
    const { loggerName } = this;
    const record = { msg, args, datetime: new Date(), level, levelName, loggerName };
    for (const handler of this.handlers) handler.handle(record);
    return msg;
  }
  debug(msg: string, ...args: unknown[]): string {
    return this.#log("DEBUG", msg, args);
  }
  info(msg: string, ...args: unknown[]): string {
    return this.#log("INFO", msg, args);
  }
  warn(msg: string, ...args: unknown[]): string {
    return this.#log("WARN", msg, args);
  }
  error(msg: string, ...args: unknown[]): string {
    return this.#log("ERROR", msg, args);
  }
}
