import type { Database, Row } from "../host/database.ts";
import { type Columns, integer, nullable, number, readRow, text, word } from "./columns.ts";

/** What an alert is named by; topic 0 and the empty subject stand for none. */
export interface AlertKey {
  /** As of the check, such as "balance". */
  readonly id: string;
  readonly topicId: bigint;
  readonly subject: string;
}

export type AlertStatus = "WARNING" | "UNKNOWN" | "CRITICAL";

/** An incident that is not over. Times are wall clock, epoch milliseconds. */
export interface OpenAlert extends AlertKey {
  /** When it was last not well. */
  readonly status: AlertStatus;
  readonly message: string;
  readonly fix: string | null;
  readonly sinceMs: number;
  /** When it was last not well. */
  readonly seenMs: number;
  /** The worst that people were told since the last reminder; null when nobody was told. */
  readonly saidStatus: AlertStatus | null;
  readonly saidMs: number | null;
  /** Looks one after the other that found it well, and the first of them. */
  readonly oks: number;
  readonly okSinceMs: number | null;
}

/** What nobody wants to hear of: the empty id is any alert, topic 0 any topic. */
export interface Silence {
  readonly id: string;
  readonly topicId: bigint;
  readonly untilMs: number;
}

/** What a look at the checks changes; each notice is written down as JSON, and goes to every channel. */
export interface AlertChanges {
  readonly open: readonly OpenAlert[];
  readonly closed: readonly AlertKey[];
  readonly notices: readonly string[];
}

/** A notice on its way to a channel. */
export interface PendingDelivery {
  readonly noticeId: bigint;
  readonly createdMs: number;
  readonly content: string;
  /** The channel is not called before. */
  readonly notBeforeMs: number;
}

/** A notice that a channel is not told any more, and why it did not take it when it was last tried. */
export interface GivenUp {
  readonly channel: string;
  readonly content: string;
  readonly error: string | null;
}

/** How the last notice of a channel went. */
export interface LastDelivery {
  readonly channel: string;
  readonly state: "pending" | "delivered" | "superseded" | "given-up";
  readonly tries: number;
  readonly updatedMs: number;
  readonly error: string | null;
  readonly content: string;
}

const ALERT: Columns<OpenAlert> = {
  ...{ id: text, topicId: integer, subject: text },
  status: word("WARNING", "UNKNOWN", "CRITICAL"),
  ...{ message: text, fix: nullable(text), sinceMs: number, seenMs: number },
  saidStatus: nullable(word("WARNING", "UNKNOWN", "CRITICAL")),
  ...{ saidMs: nullable(number), oks: number, okSinceMs: nullable(number) },
};
const SILENCE: Columns<Silence> = { id: text, topicId: integer, untilMs: number };
const PENDING: Columns<PendingDelivery> = {
  ...{ noticeId: integer, createdMs: number, content: text, notBeforeMs: number },
};
const GIVEN_UP: Columns<GivenUp> = { channel: text, content: text, error: nullable(text) };
const LAST: Columns<LastDelivery> = {
  channel: text,
  state: word("pending", "delivered", "superseded", "given-up"),
  ...{ tries: number, updatedMs: number, error: nullable(text), content: text },
};

/** An alert by the columns of its table; throws "internal" naming a column that is not as it should be. */
export function openAlertOf(row: Row): OpenAlert {
  return readRow(ALERT, row);
}

/** What was said is kept this long, milliseconds. */
const KEPT_MS = 30 * 86_400_000;

/**
 * What is wrong, who was told of it, and what is still to be told. Every function is one transaction:
 * a notice is on the disk together with the state that it tells of, before any channel is called.
 */
export function alerts(database: Database, nowMs: () => number) {
  function openAlerts(): readonly OpenAlert[] {
    return database.all("SELECT * FROM alerts ORDER BY since_ms, id, topic_id, subject")
      .map(openAlertOf);
  }

  /** The silences that are not over. */
  function silences(): readonly Silence[] {
    return database.all(
      "SELECT * FROM silences WHERE until_ms > :now ORDER BY until_ms",
      { now: nowMs() },
    ).map((row) => readRow(SILENCE, row));
  }

  function silence({ id, topicId, untilMs }: Silence): void {
    database.run(
      "INSERT OR REPLACE INTO silences (id, topic_id, until_ms) VALUES (:id, :topicId, :untilMs)",
      { id, topicId, untilMs },
    );
  }

  /** Ends every silence; returns how many. */
  function endSilences(): number {
    return database.run("DELETE FROM silences");
  }

  /** What `decide` makes of the open alerts, which no other process changes meanwhile. */
  function changeAlerts(
    channels: readonly string[],
    decide: (open: readonly OpenAlert[], silences: readonly Silence[]) => AlertChanges,
  ): void {
    database.transaction(() => {
      const { open, closed, notices } = decide(openAlerts(), silences());
      for (const { id, topicId, subject } of closed) {
        database.run(
          "DELETE FROM alerts WHERE id = :id AND topic_id = :topicId AND subject = :subject",
          { id, topicId, subject },
        );
      }
      for (const alert of open) {
        database.run(
          `INSERT OR REPLACE INTO alerts (id, topic_id, subject, status, message, fix, since_ms,
             seen_ms, said_status, said_ms, oks, ok_since_ms)
           VALUES (:id, :topicId, :subject, :status, :message, :fix, :sinceMs, :seenMs, :saidStatus,
             :saidMs, :oks, :okSinceMs)`,
          { ...alert },
        );
      }
      for (const content of notices) send(channels, content);
    });
  }

  /** Sends a notice that is to be told once, if `isDue` says so of the last time it was. */
  function tellMilestone(
    name: string,
    channels: readonly string[],
    content: string,
    isDue: (lastMs: number | undefined) => boolean,
  ): boolean {
    return database.transaction(() => {
      if (!isDue(milestoneMs(name))) return false;
      reachMilestone(name);
      send(channels, content);
      return true;
    });
  }

  /** When it was reached; undefined before. */
  function milestoneMs(name: string): number | undefined {
    const row = database.get("SELECT at_ms FROM milestones WHERE name = :name", { name });
    return row && readRow({ atMs: number }, row).atMs;
  }

  function reachMilestone(name: string): void {
    database.run("INSERT OR REPLACE INTO milestones (name, at_ms) VALUES (:name, :now)", {
      name,
      now: nowMs(),
    });
  }

  function send(channels: readonly string[], content: string): void {
    const now = nowMs();
    const old = { before: now - KEPT_MS };
    database.run(
      "DELETE FROM deliveries WHERE state <> 'pending' AND updated_ms < :before",
      old,
    );
    database.run(
      `DELETE FROM notices WHERE created_ms < :before
         AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.notice_id = notices.notice_id)`,
      old,
    );
    database.run("INSERT INTO notices (created_ms, content) VALUES (:now, :content)", {
      now,
      content,
    });
    for (const channel of channels) {
      database.run(
        `INSERT INTO deliveries (notice_id, channel, state, tries, updated_ms, not_before_ms)
         SELECT max(notice_id), :channel, 'pending', 0, :now, 0 FROM notices`,
        { channel, now },
      );
    }
  }

  /** What the channel has not taken yet, oldest first. */
  function pendingDeliveries(channel: string): readonly PendingDelivery[] {
    return database.all(
      `SELECT notice_id, created_ms, content, not_before_ms
       FROM deliveries JOIN notices USING (notice_id)
       WHERE channel = :channel AND state = 'pending' ORDER BY notice_id`,
      { channel },
    ).map((row) => readRow(PENDING, row));
  }

  /** Whether there is something to be told that may be told now. */
  function hasPendingDeliveries(): boolean {
    return database.get(
      "SELECT 1 FROM deliveries WHERE state = 'pending' AND not_before_ms <= :now LIMIT 1",
      { now: nowMs() },
    ) !== undefined;
  }

  /** What became of notices at a channel; one that failed stays pending until it is given up. */
  function recordDeliveries(
    channel: string,
    noticeIds: readonly bigint[],
    state: LastDelivery["state"],
    { error, notBeforeMs = 0 }: { readonly error?: string; readonly notBeforeMs?: number } = {},
  ): void {
    database.transaction(() => {
      for (const noticeId of noticeIds) {
        database.run(
          `UPDATE deliveries SET state = :state, tries = tries + 1, updated_ms = :now,
             error = :error, not_before_ms = :notBeforeMs
           WHERE notice_id = :noticeId AND channel = :channel AND state = 'pending'`,
          { noticeId, channel, state, now: nowMs(), error: error ?? null, notBeforeMs },
        );
      }
    });
  }

  /** Gives up what channels, those that are off too, have not taken of notices older than `ageMs`. */
  function giveUpDeliveries(ageMs: number): readonly GivenUp[] {
    return database.all(
      `UPDATE deliveries SET state = 'given-up', updated_ms = :now
       WHERE state = 'pending'
         AND notice_id IN (SELECT notice_id FROM notices WHERE created_ms < :beforeMs)
       RETURNING channel, error, (SELECT content FROM notices
         WHERE notices.notice_id = deliveries.notice_id) AS content`,
      { now: nowMs(), beforeMs: nowMs() - ageMs },
    ).map((row) => readRow(GIVEN_UP, row));
  }

  /** Of each channel the newest notice that was not superseded. */
  function lastDeliveries(): readonly LastDelivery[] {
    return database.all(
      `SELECT channel, state, tries, updated_ms, error, content
       FROM deliveries JOIN notices USING (notice_id)
       WHERE (channel, notice_id) IN (SELECT channel, max(notice_id) FROM deliveries
         WHERE state <> 'superseded' GROUP BY channel)
       ORDER BY channel`,
    ).map((row) => readRow(LAST, row));
  }

  return {
    ...{ openAlerts, silences, silence, endSilences, changeAlerts },
    ...{ tellMilestone, milestoneMs, reachMilestone },
    ...{ pendingDeliveries, hasPendingDeliveries, recordDeliveries, giveUpDeliveries },
    lastDeliveries,
  };
}
