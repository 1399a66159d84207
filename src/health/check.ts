/** As monitoring plugins say it (https://www.monitoring-plugins.org/doc/guidelines.html). */
export const STATUSES = ["OK", "WARNING", "UNKNOWN", "CRITICAL"] as const;
export type Status = typeof STATUSES[number];

/** One thing that was looked at. */
export interface CheckResult {
  /** What is looked at, such as "submission", "balance"; with topicId and subject it names the check. */
  readonly id: string;
  readonly topicId?: bigint;
  /** Which of several: an endpoint's scheme, host and port, a venue, a directory. */
  readonly subject?: string;
  readonly status: Status;
  /** What was found, one line without a full stop. */
  readonly message: string;
  readonly value?: number;
  /** Of the value and the thresholds: "s", "B", "%", "ALLO", "days", "blocks"; none for counts. */
  readonly unit?: string;
  /** Ranges outside which the status is worse, in the plugins' notation: "10:" is below 10. */
  readonly warn?: string;
  readonly crit?: string;
  /** The exact command that cures it or shows more; always there when the status is not OK. */
  readonly fix?: string;
}

/** The worst of them, CRITICAL before UNKNOWN before WARNING; OK when there are none. */
export function worstStatus(statuses: Iterable<Status>): Status {
  const worst = Math.max(0, ...[...statuses].map((status) => STATUSES.indexOf(status)));
  return STATUSES[worst]!;
}
