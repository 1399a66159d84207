import { messageOf, PipelineError } from "../errors.ts";
import { type Database, openReadOnly } from "../host/database.ts";
import { damageOf, LEDGER_FILE, openToRead, versionOf } from "./file.ts";
import { type Invariant, INVARIANTS } from "./invariants.ts";

/** One rule of the ledger and what was found of it. */
export interface Check {
  readonly name: string;
  /** unreadable: damage keeps it from being told. */
  readonly verdict: "ok" | "broken" | "unreadable";
  /** What was found; empty when it is ok. */
  readonly found: string;
  /** What to do; empty when it is ok. */
  readonly advice: string;
}

/** Places named of a broken rule; the count tells of the others. */
const NAMED = 3;

/**
 * Holds the ledger to SQLite's checks and to the program's own rules, and writes nothing. Throws
 * "config" when it is not there, is another program's or has a newer schema, "denied" and "retry".
 */
export function checkLedger(path: string): readonly Check[] {
  using database = openReadOnly(path, LEDGER_FILE);
  const integrity = integrityOf(database);
  if (integrity.verdict === "ok") versionOf(database, path);
  return [integrity, ...INVARIANTS.map((invariant) => hold(database, invariant))];
}

/**
 * What SQLite finds wrong with the ledger's pages, without a look at what their rows mean; undefined when
 * it is whole. Throws as checkLedger does.
 */
export function quickCheck(path: string): string | undefined {
  using database = openToRead(path);
  try {
    const damage = damageOf(database, "quick_check");
    if (damage.length > 0) return named(damage);
  } catch (thrown) {
    return damageIn(thrown);
  }
  versionOf(database, path);
  return undefined;
}

/** The program's own rules that a ledger which is whole breaks. Throws as checkLedger does. */
export function brokenRules(path: string): readonly Check[] {
  using database = openToRead(path);
  return INVARIANTS.map((invariant) => hold(database, invariant))
    .filter(({ verdict }) => verdict !== "ok");
}

function integrityOf(database: Database): Check {
  const [name, advice] = ["the file is whole", LEDGER_FILE.cure];
  try {
    const damage = damageOf(database);
    if (damage.length === 0) return { name, verdict: "ok", found: "", advice: "" };
    return { name, verdict: "broken", found: named(damage), advice };
  } catch (thrown) {
    return { name, verdict: "broken", found: damageIn(thrown), advice };
  }
}

function hold(database: Database, { name, sql, advice }: Invariant): Check {
  try {
    const broken = database.all(sql).map((row) => String(row["place"]));
    if (broken.length === 0) return { name, verdict: "ok", found: "", advice: "" };
    return { name, verdict: "broken", found: named(broken), advice };
  } catch (thrown) {
    return { name, verdict: "unreadable", found: damageIn(thrown), advice: LEDGER_FILE.cure };
  }
}

function named(places: readonly string[]): string {
  const more = places.length - NAMED;
  return places.slice(0, NAMED).join("; ") + (more > 0 ? `; and ${more} more` : "");
}

/** The text of a failure that the file is to blame for; throws any other again. */
function damageIn(thrown: unknown): string {
  if (thrown instanceof PipelineError && thrown.kind === "internal") return messageOf(thrown.cause);
  throw thrown;
}
