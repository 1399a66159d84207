import { PipelineError } from "../../errors.ts";
import type { EventName } from "../../events.ts";
import type { Host } from "../../host/host.ts";
import type { Ledger } from "../../ledger/ledger.ts";
import type { Settings } from "../../settings.ts";
import { type CheckResult, worstStatus } from "../check.ts";
import { decide, type Look, nameOf } from "./decide.ts";
import { deliverAll, type Told } from "./deliver.ts";
import { ping } from "./heartbeat.ts";
import { type Notice, noticeOfTurn } from "./notice.ts";
import { type Channels, openChannels } from "./open_channels.ts";
import { alertUntracked, forgetUntracked, merged, untracked } from "./untracked.ts";

/** What alerts work with. */
export interface AlertContext {
  readonly settings: Settings;
  readonly ledger: Ledger;
  readonly host: Host;
  readonly tell: (event: EventName, fields?: Readonly<Record<string, unknown>>) => void;
  readonly hostName: string;
  /** The file of statePaths().alertLock. */
  readonly lockPath: string;
  /** systemd's $INVOCATION_ID. */
  readonly invocationId: string | undefined;
  readonly signal: AbortSignal;
}

export interface AlertOptions {
  /**
   * These are the results of everything there is to look at: an alert without one is over, unless its
   * check could not be made, and the dead man's switch is told how things are.
   */
  readonly isComplete: boolean;
}

/** What was told. */
export interface Alerted {
  readonly notices: readonly Notice[];
  /** Channels that had something to be told, and why it did not arrive. */
  readonly told: Told;
}

/**
 * Tells people what has changed between these results and those before. What is to be told is in the
 * ledger before the first channel is called, and stays until each channel has taken it: see decide() and
 * deliverAll(). Channels that fail are events, and throw nothing. isHeard: some channel is on.
 */
export async function alertOn(
  results: readonly Look[],
  context: AlertContext,
  { isComplete }: AlertOptions,
): Promise<Alerted & { readonly isHeard: boolean }> {
  const open = await openChannels(context.settings, context.host, context.hostName);
  const [alerted] = await Promise.all([
    alertChannels(results, context, open, isComplete),
    isComplete ? beat(context, open, results) : undefined,
  ]);
  return { ...alerted, isHeard: open.channels.length > 0 };
}

async function alertChannels(
  results: readonly Look[],
  context: AlertContext,
  { channels }: Channels,
  isComplete: boolean,
): Promise<Alerted> {
  const { settings, host, tell, hostName } = context;
  const nowMs = host.nowMs();
  const adopted = untracked(context);
  let notices: readonly Notice[] = [];
  try {
    context.ledger.changeAlerts(channels.map(({ name }) => name), (known, silences) => {
      const before = merged(adopted, known, []);
      const { turns, open, closed } = decide(before, results, {
        ...{ nowMs, repeatMs: settings.alertRepeatMs, silences, isComplete },
        isHeard: channels.length > 0,
      });
      notices = turns.map((turn) => noticeOfTurn(turn, { hostName, nowMs }));
      const left = merged(before, open, closed.map(nameOf));
      return { open: left, closed, notices: notices.map((notice) => JSON.stringify(notice)) };
    });
  } catch (thrown) {
    if (!(thrown instanceof PipelineError) || thrown.kind !== "retry") {
      return await alertUntracked(results, context, channels, { thrown, isComplete });
    }
    // Another process is at it: what this look would have told is seen by the next.
    tell("alert.failed", { error: thrown.message, hint: thrown.hint });
    return { notices, told: new Map() };
  }
  if (adopted.length > 0) forgetUntracked(context);
  for (const { kind, title, alert } of notices) {
    if (isTurn(kind)) tell(`alert.${kind}`, { title, alert });
  }
  return { notices, told: await deliverAll(context, channels) };
}

/** The dead man's switch hears that a look at everything begins; its end is told by alertOn(). */
export async function alertStart(context: AlertContext): Promise<void> {
  const { heartbeat } = await openChannels(context.settings, context.host, context.hostName);
  await tellHeartbeat(context, heartbeat, "start");
}

async function beat(
  context: AlertContext,
  { heartbeat }: Channels,
  results: readonly CheckResult[],
): Promise<void> {
  // A warning is no failure to the unit either: the channels have it, the switch is for what is down.
  const isDown = ["CRITICAL", "UNKNOWN"].includes(worstStatus(results.map((each) => each.status)));
  const text = results.filter(({ status }) => status !== "OK")
    .map(({ id, status, message }) => `${status} ${id}: ${message}`).join("\n");
  await tellHeartbeat(context, heartbeat, isDown ? "fail" : "ok", text);
}

async function tellHeartbeat(
  { tell, invocationId, signal }: AlertContext,
  heartbeat: Channels["heartbeat"],
  kind: "start" | "ok" | "fail",
  text = "",
): Promise<void> {
  if (heartbeat === undefined) return;
  const error: PipelineError | undefined = heartbeat instanceof Error
    ? heartbeat
    : await ping({ ...heartbeat, invocationId, signal }, kind, text);
  if (error === undefined) return;
  tell("alert.not_delivered", {
    ...{ channel: "heartbeat", error: error.message, hint: error.hint },
  });
}

function isTurn(kind: Notice["kind"]): kind is "raised" | "worse" | "reminder" | "resolved" {
  return kind !== "test" && kind !== "works" && kind !== "digest";
}
