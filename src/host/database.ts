import {
  backup,
  DatabaseSync,
  type SQLInputValue,
  type SQLOutputValue,
  type StatementSync,
} from "node:sqlite";
import { type ErrorKind, messageOf, PipelineError } from "../errors.ts";

export type Row = Readonly<Record<string, SQLOutputValue>>;
export type Parameters = Readonly<Record<string, SQLInputValue>>;

export interface DatabaseOptions {
  /** What the file is to its owner, for messages: "ledger". */
  readonly name: string;
  /** Step i brings the schema from version i to i + 1; a step that has shipped never changes. */
  readonly migrations: readonly string[];
  /** What to do when the file is damaged. */
  readonly cure: string;
  /** Longest wait for another process's write, milliseconds; default 5000. */
  readonly busyMs?: number;
  /** Called with what an earlier version wrote, before a step changes it, and while nobody else may. */
  readonly beforeMigrating?: (database: Database, version: number) => void;
}

const BUSY_MS = 5000;

/**
 * Opens, or makes (mode 0600, its directories 0700), the SQLite file at `path`. A commit is on the
 * disk when it returns: WAL with synchronous FULL.
 *
 * Throws "config" for a symlink, a directory, a newer schema or another program's database,
 * "denied" for permissions, "retry" when it stays locked, "internal" for a damaged file.
 */
export function openDatabase(path: string, options: DatabaseOptions): Database {
  ensureFile(path, options.name);
  const database = new Database(path, options);
  try {
    database.migrate(options.migrations);
  } catch (thrown) {
    database[Symbol.dispose]();
    throw thrown;
  }
  return database;
}

/** Opens a file that is there, to read only: of any schema, and never migrated. Throws as openDatabase does. */
export function openReadOnly(path: string, options: DatabaseOptions): Database {
  const subject = `Cannot read the ${options.name}: ${path}`;
  const found = statIfThere(path);
  if (found === undefined) {
    throw new PipelineError("config", `${subject} is not there`, {
      hint: "check the path, and ALLORA_STATE_DIR",
    });
  }
  if (!found.isFile) {
    throw new PipelineError("config", `${subject} is not a file`, { hint: "name the file itself" });
  }
  return new Database(path, options, true);
}

/** One open SQLite file; integers are read as bigint, and every failure is a PipelineError. */
export class Database implements Disposable {
  readonly #path: string;
  readonly #options: DatabaseOptions;
  readonly #busyMs: number;
  readonly #sqlite: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  constructor(path: string, options: DatabaseOptions, readOnly = false) {
    this.#path = path;
    this.#options = options;
    this.#busyMs = options.busyMs ?? BUSY_MS;
    this.#sqlite = this.#explained(() =>
      new DatabaseSync(path, { timeout: this.#busyMs, readOnly })
    );
  }

  get(sql: string, parameters: Parameters = {}): Row | undefined {
    return this.#explained(() => this.#statement(sql).get(parameters));
  }

  all(sql: string, parameters: Parameters = {}): readonly Row[] {
    return this.#explained(() => this.#statement(sql).all(parameters));
  }

  /** The rows one by one, where all at once would be too many; none of them may be changed meanwhile. */
  *each(sql: string): Generator<Row> {
    const rows = this.#explained(() => this.#statement(sql).iterate());
    for (;;) {
      const { done, value } = this.#explained(() => rows.next());
      if (done) return;
      yield value;
    }
  }

  /** Rows of NOT NULL numbers in the order of the columns, in a third of the time of `all`. */
  numbers(sql: string, parameters: Parameters = {}): readonly (readonly number[])[] {
    return this.#explained(() => {
      const statement: object = this.#sqlite.prepare(sql);
      if (!returnsArrays(statement)) return this.all(sql, parameters).map(numbersOf);
      statement.setReturnArrays(true);
      return statement.all(parameters);
    });
  }

  /** How many rows the statement changed. */
  run(sql: string, parameters: Parameters = {}): number {
    return this.#explained(() => Number(this.#statement(sql).run(parameters).changes));
  }

  /** All of `work` or nothing of it; other processes' writes wait until it ends. */
  transaction<T>(work: () => T): T {
    return this.#explained(() => {
      this.#sqlite.exec("BEGIN IMMEDIATE");
      try {
        const result = work();
        this.#sqlite.exec("COMMIT");
        return result;
      } catch (thrown) {
        if (this.#sqlite.isTransaction) this.#sqlite.exec("ROLLBACK");
        throw thrown;
      }
    });
  }

  migrate(migrations: readonly string[]): void {
    this.#explained(() => {
      this.#useWriteAheadLog();
      this.#sqlite.exec("PRAGMA synchronous = FULL");
    });
    if (this.#version() === migrations.length) return;
    this.transaction(() => {
      const version = this.#version();
      this.#refuseForeign(version, migrations.length);
      if (version > 0) this.#options.beforeMigrating?.(this, version);
      for (const step of migrations.slice(version)) this.#sqlite.exec(step);
      this.#sqlite.exec(`PRAGMA user_version = ${migrations.length}`);
    });
  }

  /**
   * Makes the file at `path` what this one is at one moment, in one transaction of that file, while
   * others write to either; waits as long as another process writes there.
   */
  async copyTo(path: string): Promise<void> {
    try {
      // All pages in one step: in several, each write of another process would start it over.
      await backup(this.#sqlite, path, { rate: -1 });
    } catch (thrown) {
      throw explain(thrown, `${this.#path}, or its copy ${path},`, this.#options);
    }
  }

  [Symbol.dispose](): void {
    this.#statements.clear();
    this.#sqlite.close();
  }

  #statement(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#sqlite.prepare(sql);
      statement.setReadBigInts(true);
      // Objects are handed over whole; what a row has no column for is passed over.
      statement.setAllowUnknownNamedParameters(true);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  #version(): number {
    return Number(this.get("PRAGMA user_version")?.["user_version"]);
  }

  /** SQLite does not wait its busy timeout when two processes make the same file's log at once. */
  #useWriteAheadLog(): void {
    const giveUpMs = performance.now() + this.#busyMs;
    for (;;) {
      try {
        return this.#sqlite.exec("PRAGMA journal_mode = WAL");
      } catch (thrown) {
        if (!messageOf(thrown).includes("locked") || performance.now() > giveUpMs) throw thrown;
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
      }
    }
  }

  #refuseForeign(version: number, known: number): void {
    const subject = `Cannot open the ${this.#options.name}: ${this.#path}`;
    if (version > known) {
      throw new PipelineError(
        "config",
        `${subject} has schema version ${version}, newer than ${known}`,
        { hint: "run the version of allora-pipeline that wrote it, or a newer one" },
      );
    }
    const tables = this.get("SELECT count(*) AS tables FROM sqlite_schema")?.["tables"];
    if (version === 0 && tables !== 0n) {
      throw new PipelineError("config", `${subject} is the database of another program`, {
        hint: "set ALLORA_STATE_DIR to a directory of its own",
      });
    }
  }

  #explained<T>(work: () => T): T {
    try {
      return work();
    } catch (thrown) {
      throw thrown instanceof PipelineError ? thrown : explain(thrown, this.#path, this.#options);
    }
  }
}

/** EPERM, EACCES, EROFS: the last is what a sandboxed unit gets outside its directories. */
const DENIED = /\(os error (1|13|30)\)/;

/** What node:sqlite has since Node 24 and its type declarations lack. */
interface ArrayStatement {
  setReturnArrays(isOn: boolean): void;
  all(parameters: Parameters): number[][];
}

function returnsArrays(statement: object): statement is ArrayStatement {
  return "setReturnArrays" in statement;
}

function numbersOf(row: Row): readonly number[] {
  return Object.values(row).map(Number);
}

function ensureFile(path: string, name: string): void {
  const subject = `Cannot open the ${name}: ${path}`;
  try {
    Deno.mkdirSync(path.replace(/[^/]*$/, "") || ".", { recursive: true, mode: 0o700 });
    const found = statIfThere(path);
    if (found === undefined) {
      Deno.openSync(path, { create: true, write: true, mode: 0o600 }).close();
    } else if (found.isSymlink) {
      throw new PipelineError("config", `${subject} is a symlink`, {
        hint: "name the real file: SQLite's log lies beside it and must not end up elsewhere",
      });
    } else if (!found.isFile) {
      throw new PipelineError("config", `${subject} is not a file`, { hint: "move it away" });
    }
  } catch (thrown) {
    if (thrown instanceof PipelineError) throw thrown;
    const kind = DENIED.test(messageOf(thrown)) ? "denied" : "config";
    throw new PipelineError(kind, `${subject} cannot be made: ${messageOf(thrown)}`, {
      cause: thrown,
      hint: "check the owner and mode of its directory, or set ALLORA_STATE_DIR",
    });
  }
}

function statIfThere(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.lstatSync(path);
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return undefined;
    throw thrown;
  }
}

/** SQLite's result texts (sqlite3_errstr); node:sqlite gives the number only for some of them. */
const FAILURES: readonly (readonly [text: string, ErrorKind, hint?: string])[] = [
  ["is locked", "retry", "another process held it too long; the next visit tries again"],
  ["is full", "unavailable", "free space on its disk; nothing was lost"],
  ["readonly", "denied", "check the owner and mode of the file and of its directory"],
  ["unable to open", "denied", "check the owner and mode of the file and of its directory"],
  ["not a database", "internal"],
  ["malformed", "internal"],
];

function explain(thrown: unknown, path: string, { name, cure }: DatabaseOptions): PipelineError {
  const text = messageOf(thrown);
  const [, kind, hint = cure] = FAILURES.find(([part]) => text.includes(part)) ??
    [text, "internal"];
  return new PipelineError(
    kind as ErrorKind,
    `Cannot use the ${name}: ${path} is unusable: ${text}`,
    {
      cause: thrown,
      hint,
    },
  );
}
