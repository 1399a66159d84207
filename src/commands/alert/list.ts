import type { Notice } from "../../health/alerts/notice.ts";
import { table } from "../../host/terminal.ts";
import type { LastDelivery, OpenAlert, Silence } from "../../ledger/alerts.ts";
import type { Handler } from "../command.ts";
import { openRun, settingsOf } from "../open_run.ts";
import { silencedText } from "./silence.ts";

interface Found {
  readonly alerts: readonly OpenAlert[];
  readonly silences: readonly Silence[];
  readonly deliveries: readonly LastDelivery[];
}

/** What is wrong, what is silenced, and what was told. */
export const list: Handler = async (invocation, terminal) => {
  using run = openRun(settingsOf(invocation, terminal), terminal);
  const { ledger } = run;
  const found = {
    alerts: ledger.openAlerts(),
    silences: ledger.silences(),
    deliveries: ledger.lastDeliveries(),
  };
  terminal.out(invocation.json ? `${JSON.stringify(jsonOf(found))}\n` : textOf(found));
  return await Promise.resolve(0);
};

function textOf({ alerts, silences, deliveries }: Found): string {
  const time = (ms: number) => new Date(ms).toISOString().slice(0, 16).replace("T", " ");
  const open = alerts.map((alert) => [
    ...[alert.status, alert.id, alert.topicId === 0n ? "" : String(alert.topicId), alert.subject],
    ...[time(alert.sinceMs), alert.saidMs === null ? "nobody" : time(alert.saidMs)],
    alert.oks > 0 ? `well for ${alert.oks} looks: ${alert.message}` : alert.message,
  ]);
  const head = ["status", "id", "topic", "subject", "since UTC", "told UTC", "cause"];
  const parts = [
    open.length === 0 ? "no alert is open" : table([head, ...open]),
    ...silences.length === 0 ? [] : [
      table([
        ["silent until UTC", "what"],
        ...silences.map((silence) => [time(silence.untilMs), silencedText(silence)]),
      ]),
    ],
    ...deliveries.length === 0 ? [] : [
      table([
        ["channel", "last", "UTC", "message"],
        ...deliveries.map(({ channel, state, updatedMs, error, content }) => [
          ...[channel, state, time(updatedMs)],
          `${titleOf(content)}${error === null ? "" : ` (${error})`}`,
        ]),
      ]),
    ],
  ];
  return `${parts.join("\n\n")}\n`;
}

function jsonOf({ alerts, silences, deliveries }: Found) {
  const time = (ms: number | null) => ms === null ? null : new Date(ms).toISOString();
  return {
    alerts: alerts.map(({ id, topicId, subject, status, message, fix, sinceMs, saidMs, oks }) => ({
      ...{ id, topic_id: topicId === 0n ? null : String(topicId), subject: subject || null },
      ...{ status, message, fix, since: time(sinceMs), told: time(saidMs), oks },
    })),
    silences: silences.map(({ id, topicId, untilMs }) => ({
      id: id || null,
      topic_id: topicId === 0n ? null : String(topicId),
      until: time(untilMs),
    })),
    deliveries: deliveries.map(({ channel, state, tries, updatedMs, error, content }) => ({
      ...{ channel, state, tries, at: time(updatedMs), error, title: titleOf(content) },
    })),
  };
}

/** Our own JSON, as it was written when the notice was made. */
function titleOf(content: string): string {
  return (JSON.parse(content) as Notice).title;
}
