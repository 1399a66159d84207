import { join } from "node:path";
import { messageOf } from "../../errors.ts";
import { type OpenAlert, openAlertOf } from "../../ledger/alerts.ts";
import { toPaste } from "../cure.ts";
import type { AlertContext, Alerted } from "./alert_on.ts";
import type { Channel } from "./channel.ts";
import { decide, type Look, nameOf, type Rules } from "./decide.ts";
import { deliverNow } from "./deliver_now.ts";
import { noticeOfTurn } from "./notice.ts";

/**
 * Tells what is wrong when the ledger, which knows what was told, is what is broken: by the same rules,
 * with a file beside the ledger for a memory until the ledger takes it over; where not even that can be
 * written, each time.
 */
export async function alertUntracked(
  results: readonly Look[],
  context: AlertContext,
  channels: readonly Channel[],
  { thrown, isComplete }: { readonly thrown: unknown } & Pick<Rules, "isComplete">,
): Promise<Alerted> {
  const { host, tell, hostName, settings } = context;
  const nowMs = host.nowMs();
  const message = messageOf(thrown);
  tell("alert.failed", { error: message });
  const fix = toPaste("allora-pipeline ledger check", settings);
  const looks: readonly Look[] = [
    { id: "ledger", status: "CRITICAL", message, fix },
    ...results.filter(({ id }) => id !== "ledger"),
  ];
  const before = untracked(context);
  const { open, closed, turns } = decide(before, looks, {
    ...{ nowMs, repeatMs: settings.alertRepeatMs, silences: [], isComplete },
    isHeard: channels.length > 0,
  });
  const notices = turns.map((turn) => noticeOfTurn(turn, { hostName, nowMs }));
  const told = notices.length === 0 ? new Map() : await deliverNow(channels, notices, context);
  for (const [channel, failure] of told) {
    if (failure === undefined) continue;
    tell("alert.not_delivered", { channel, error: failure.message, hint: failure.hint });
  }
  const isTold = told.size === 0 || [...told.values()].includes(undefined);
  if (isTold) remember(context, merged(before, open, closed.map(nameOf)));
  return { notices, told };
}

/** Each alert once, as it was said last, without those that are over. */
export function merged(
  before: readonly OpenAlert[],
  open: readonly OpenAlert[],
  closed: readonly string[],
): readonly OpenAlert[] {
  const all = new Map([...before, ...open].map((alert) => [nameOf(alert), alert]));
  return [...all].filter(([name]) => !closed.includes(name)).map(([, alert]) => alert);
}

const FILE = "alerts-without-ledger";

/** The incidents that people were told without the ledger. */
export function untracked({ settings }: Pick<AlertContext, "settings">): readonly OpenAlert[] {
  try {
    return Deno.readTextFileSync(join(settings.stateDir, FILE)).split("\n").filter(Boolean)
      .map(alertOf);
  } catch {
    // Whatever keeps it from being read: nobody can say what was told.
    return [];
  }
}

/** For when the ledger has them. Throws nothing: one that stays is taken over once more. */
export function forgetUntracked({ settings, tell }: AlertContext): void {
  try {
    Deno.removeSync(join(settings.stateDir, FILE));
  } catch (thrown) {
    if (!(thrown instanceof Deno.errors.NotFound)) {
      tell("alert.failed", { error: messageOf(thrown) });
    }
  }
}

function alertOf(line: string): OpenAlert {
  const columns: unknown = JSON.parse(
    line,
    (name, value) => name === "topic_id" ? BigInt(value) : value,
  );
  if (typeof columns !== "object" || columns === null) throw new Error("it is no alert");
  return openAlertOf({ ...columns });
}

function remember({ settings, tell }: AlertContext, alerts: readonly OpenAlert[]): void {
  const lines = alerts.map((alert) => {
    const columns = Object.entries(alert).map(([key, value]) => [
      key.replace(/[A-Z]/g, (capital) => `_${capital.toLowerCase()}`),
      typeof value === "bigint" ? String(value) : value,
    ]);
    return `${JSON.stringify(Object.fromEntries(columns))}\n`;
  });
  try {
    Deno.writeTextFileSync(join(settings.stateDir, FILE), lines.join(""), { mode: 0o600 });
  } catch (thrown) {
    tell("alert.failed", { error: messageOf(thrown) });
  }
}
