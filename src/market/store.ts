import type { Candle } from "./candle.ts";
import { type Database, openDatabase } from "../host/database.ts";
import { type Series, seriesOfRows } from "./series.ts";

const MIGRATIONS = [`
CREATE TABLE candles (
  pair        TEXT NOT NULL,
  interval_ms INTEGER NOT NULL,
  open_ms     INTEGER NOT NULL,
  open        REAL NOT NULL,
  high        REAL NOT NULL,
  low         REAL NOT NULL,
  close       REAL NOT NULL,
  volume      REAL NOT NULL,
  venue       TEXT NOT NULL,
  PRIMARY KEY (pair, interval_ms, open_ms)
) STRICT, WITHOUT ROWID;
CREATE TABLE backfills (
  pair        TEXT NOT NULL,
  interval_ms INTEGER NOT NULL,
  from_ms     INTEGER NOT NULL,
  PRIMARY KEY (pair, interval_ms)
) STRICT, WITHOUT ROWID;
`];

const MINUTE_MS = 60_000;
/** A candle opens within 0.5 % of where the same venue's one before it closed (modelling 2.7). */
const JUMP = 0.005;

/** Opens the candle store at `path`, or makes it; throws as the ledger does. */
export function openCandleStore(path: string): CandleStore {
  return new CandleStore(openDatabase(path, {
    name: "candle store",
    migrations: MIGRATIONS,
    cure: "delete the file: the venues have its candles",
  }));
}

/**
 * Every real candle that was fetched, by series and interval; times are epoch milliseconds. A series is
 * named, in the column "pair", by its pair and the venues that it is taken from: those of one list are
 * never mixed with those of another.
 */
export class CandleStore implements Disposable {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Writes the candles, all or none; one that is there already is replaced. */
  put(pair: string, intervalMs: number, candles: readonly Candle[], venue: string): void {
    this.#database.transaction(() => {
      for (const candle of candles) {
        this.#database.run(
          `INSERT OR REPLACE INTO candles
             (pair, interval_ms, open_ms, open, high, low, close, volume, venue)
           VALUES (:pair, :intervalMs, :openMs, :open, :high, :low, :close, :volume, :venue)`,
          { ...candle, pair, intervalMs, venue },
        );
      }
    });
  }

  /** The candles that open in [fromMs, toMs) on their grid, undefined when there are none. */
  read(pair: string, intervalMs: number, fromMs: number, toMs: number): Series | undefined {
    const rows = this.#database.numbers(
      `SELECT open_ms, open, high, low, close, volume FROM candles
       WHERE pair = :pair AND interval_ms = :intervalMs AND open_ms >= :fromMs AND open_ms < :toMs
       ORDER BY open_ms`,
      { pair, intervalMs, fromMs, toMs },
    );
    return rows.length === 0 ? undefined : seriesOfRows(rows, intervalMs);
  }

  /** Closes from `fromMs` on that another venue gave, by opening time. */
  closesOfOthers(
    pair: string,
    intervalMs: number,
    fromMs: number,
    venue: string,
  ): ReadonlyMap<number, { readonly close: number; readonly venue: string }> {
    const rows = this.#database.all(
      `SELECT open_ms, close, venue FROM candles WHERE pair = :pair AND interval_ms = :intervalMs
         AND open_ms >= :fromMs AND venue <> :venue`,
      { pair, intervalMs, fromMs, venue },
    );
    return new Map(rows.map((row) => [
      Number(row["open_ms"]),
      { close: Number(row["close"]), venue: String(row["venue"]) },
    ]));
  }

  /** Opening time of the newest candle. */
  newestMs(pair: string, intervalMs: number): number | undefined {
    const row = this.#database.get(
      `SELECT open_ms FROM candles WHERE pair = :pair AND interval_ms = :intervalMs
       ORDER BY open_ms DESC LIMIT 1`,
      { pair, intervalMs },
    );
    return row && Number(row["open_ms"]);
  }

  /**
   * Opening times, from `fromMs` on, of candles whose close is not where the same venue's next one
   * opens: such a candle may be partial, or the price has jumped.
   */
  jumps(pair: string, intervalMs: number, fromMs: number): readonly number[] {
    const rows = this.#database.numbers(
      `SELECT this.open_ms FROM candles AS this JOIN candles AS next
         ON next.pair = this.pair AND next.interval_ms = this.interval_ms
           AND next.open_ms = this.open_ms + this.interval_ms AND next.venue = this.venue
       WHERE this.pair = :pair AND this.interval_ms = :intervalMs AND this.open_ms >= :fromMs
         AND next.open / this.close NOT BETWEEN :least AND :most
       ORDER BY this.open_ms`,
      { pair, intervalMs, fromMs, least: Math.exp(-JUMP), most: Math.exp(JUMP) },
    );
    return rows.map(([openMs = NaN]) => openMs);
  }

  /**
   * The price at `timeMs`: the close of the candle that was the last to end by that minute;
   * undefined when the store does not have that candle, so that no older price stands in for it.
   */
  closeAt(pair: string, intervalMs: number, timeMs: number): number | undefined {
    const minuteMs = Math.floor(timeMs / MINUTE_MS) * MINUTE_MS;
    const openMs = Math.floor(minuteMs / intervalMs) * intervalMs - intervalMs;
    const row = this.#database.get(
      `SELECT close FROM candles
       WHERE pair = :pair AND interval_ms = :intervalMs AND open_ms = :openMs`,
      { pair, intervalMs, openMs },
    );
    return row && Number(row["close"]);
  }

  /** From where on the venues were asked for everything they have; undefined before that. */
  backfilledFromMs(pair: string, intervalMs: number): number | undefined {
    const row = this.#database.get(
      "SELECT from_ms FROM backfills WHERE pair = :pair AND interval_ms = :intervalMs",
      { pair, intervalMs },
    );
    return row && Number(row["from_ms"]);
  }

  markBackfilled(pair: string, intervalMs: number, fromMs: number): void {
    this.#database.run("INSERT OR REPLACE INTO backfills VALUES (:pair, :intervalMs, :fromMs)", {
      pair,
      intervalMs,
      fromMs,
    });
  }

  [Symbol.dispose](): void {
    this.#database[Symbol.dispose]();
  }
}
