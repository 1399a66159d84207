import { PipelineError } from "../../errors.ts";
import { deadline } from "../../host/deadline.ts";
import { waitForLock } from "../../host/file_lock.ts";
import type { PendingDelivery } from "../../ledger/alerts.ts";
import type { AlertContext } from "./alert_on.ts";
import type { Channel, Refusal } from "./channel.ts";
import { type Notice, textOf } from "./notice.ts";

/** What is waited for another process that tells, and for all channels together, milliseconds. */
const LOCK_PATIENCE_MS = 15_000;
const DELIVERY_MS = 40_000;
/** A daemon's visits may come every second; a channel that failed is not called by each of them. */
const RETRY_MS = 60_000;
const MAX_PEACE_MS = 86_400_000;
/** Old news is no help; what came of it is in `alert list` and in the log. */
const GIVE_UP_MS = 3 * 86_400_000;

/** Of a channel: why it was not told. */
export type Told = ReadonlyMap<string, Refusal["error"] | undefined>;

/**
 * Tells every channel what it has not been told yet, all at once; one that fails is tried again by the
 * next call, without a word to the others. One process at a time: the lock goes with the process.
 *
 * A notice that a channel took is marked when the channel says so. A process that dies between the two
 * has it told once more: there is no way to have both at once. A webhook's Idempotency-Key and a mail's
 * Message-ID are the same then.
 */
export async function deliverAll(
  context: AlertContext,
  channels: readonly Channel[],
): Promise<Told> {
  const { host, tell, lockPath } = context;
  const waiting = channels.filter(({ name }) => context.ledger.pendingDeliveries(name).length > 0);
  if (waiting.length === 0) return new Map();
  using time = deadline(DELIVERY_MS, context.signal);
  const { signal } = time;
  const taken = await waitForLock(lockPath, host, { patienceMs: LOCK_PATIENCE_MS, signal });
  if ("heldBy" in taken) {
    tell("alert.waiting", { holder: taken.heldBy });
    return new Map();
  }
  using _lock = taken;
  const ends = await Promise.all(
    waiting.map(async (channel) =>
      [channel.name, (await deliverTo({ ...context, signal }, channel))?.error] as const
    ),
  );
  return new Map(ends);
}

/** Tells every channel now, and nothing is remembered; returns how each took it. */
export async function deliverNow(
  channels: readonly Channel[],
  notices: readonly Notice[],
  { hostName, host, signal }: Pick<AlertContext, "hostName" | "host" | "signal">,
): Promise<Told> {
  using time = deadline(DELIVERY_MS, signal);
  const key = `${hostName}.${host.nowMs()}`;
  const ends = await Promise.all(channels.map(async (channel) => {
    const refusal = await channel.deliver(
      notices.slice(0, channel.limits.notices),
      key,
      time.signal,
    );
    return [channel.name, refusal?.error] as const;
  }));
  return new Map(ends);
}

/** Message after message, until the channel has everything or refuses one. */
async function deliverTo(
  { ledger, host, tell, hostName, signal }: AlertContext,
  channel: Channel,
): Promise<Refusal | undefined> {
  const { name } = channel;
  dropSuperseded(ledger, name);
  for (;;) {
    const pending = ledger.pendingDeliveries(name).map(read);
    const [first] = pending;
    if (first === undefined) return undefined;
    const waitMs = first.notBeforeMs - host.nowMs();
    // Farther than anybody asks for: the clock was wrong when it was written down.
    if (waitMs > 0 && waitMs < MAX_PEACE_MS) return { error: peace(name, first.notBeforeMs) };
    const batch = fitting(pending, channel.limits);
    const ids = batch.map(({ noticeId }) => noticeId);
    const titles = batch.map(({ notice }) => notice.title).join("; ");
    // The same notices, and no others, have this key.
    const key = `${hostName}.${first.createdMs}.${ids[0]}-${ids.at(-1)}`;
    const refusal = await channel.deliver(batch.map(({ notice }) => notice), key, signal);
    if (refusal === undefined) {
      ledger.recordDeliveries(name, ids, "delivered");
      tell("alert.delivered", { channel: name, titles });
      continue;
    }
    const { error: { message: error, hint }, notBeforeMs } = refusal;
    const isOld = host.nowMs() - first.createdMs > GIVE_UP_MS;
    const isOver = refusal.isFinal === true || isOld;
    ledger.recordDeliveries(name, ids, isOver ? "given-up" : "pending", {
      error,
      notBeforeMs: notBeforeMs ?? host.nowMs() + RETRY_MS,
    });
    tell(isOver ? "alert.given_up" : "alert.not_delivered", {
      ...{ channel: name, error, hint, titles: isOver ? titles : undefined },
    });
    if (!isOver || isOld) return refusal;
  }
}

interface Letter extends PendingDelivery {
  readonly notice: Notice;
}

/** Our own JSON, written in the transaction that made it pending. */
function read(delivery: PendingDelivery): Letter {
  return { ...delivery, notice: JSON.parse(delivery.content) as Notice };
}

/** A reminder says nothing to who still has to hear of the incident itself, or of its end. */
function dropSuperseded(ledger: AlertContext["ledger"], name: string): void {
  const pending = ledger.pendingDeliveries(name).map(read);
  const isSuperseded = ({ notice }: Letter, place: number) =>
    notice.kind === "reminder" &&
    pending.some((other, otherPlace) =>
      other.notice.alert === notice.alert &&
      (otherPlace > place || other.notice.kind !== "reminder" && otherPlace < place)
    );
  const ids = pending.filter(isSuperseded).map(({ noticeId }) => noticeId);
  ledger.recordDeliveries(name, ids, "superseded");
}

/** As many of the first as one message of the channel holds; at least one. */
function fitting(pending: readonly Letter[], { notices, chars }: Channel["limits"]) {
  let length = 0;
  const end = pending.slice(0, notices).findIndex(({ notice }) => {
    length += notice.title.length + textOf(notice).length;
    return length > chars;
  });
  return pending.slice(0, end === -1 ? notices : Math.max(1, end));
}

function peace(name: string, notBeforeMs: number): PipelineError {
  const until = new Date(notBeforeMs).toISOString();
  return new PipelineError("retry", `Cannot reach ${name}: it is left in peace until ${until}`, {
    hint: "the next run tries again",
  });
}
