import { PipelineError } from "../../errors.ts";
import { deadline } from "../../host/deadline.ts";
import { waitForLock } from "../../host/file_lock.ts";
import type { PendingDelivery } from "../../ledger/alerts.ts";
import type { AlertContext } from "./alert_on.ts";
import { type Channel, DELIVERY_MS, type Refusal } from "./channel.ts";
import { fitting, type Notice } from "./notice.ts";

/** What is waited for another process that tells, milliseconds. */
const LOCK_PATIENCE_MS = 15_000;
/** A daemon's visits may come every second; a channel that failed is not called by each of them. */
const RETRY_MS = 60_000;
const MAX_PEACE_MS = 86_400_000;
/** Older news is no help: a channel hears how things are now. What came of it is in the log. */
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
  giveUpOld(context);
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
  // The lock is held until the last channel is done, also when the ledger fails another's.
  const ends = await Promise.allSettled(
    waiting.map((channel) => deliverTo({ ...context, signal }, channel)),
  );
  return new Map(ends.map((end, place) => {
    if (end.status === "rejected") throw end.reason;
    return [waiting[place]!.name, end.value?.error];
  }));
}

/**
 * Message after message, until the channel has everything or does not answer as it should; returns the
 * first refusal. What it does not like may be one of many: those are sent again, each alone.
 */
async function deliverTo(
  context: AlertContext,
  channel: Channel,
): Promise<Refusal | undefined> {
  const { ledger, host, signal } = context;
  const { name } = channel;
  dropSuperseded(ledger, name);
  let refused: Refusal | undefined;
  let aloneTo = 0n;
  for (;;) {
    const pending = ledger.pendingDeliveries(name).map(read);
    const [first] = pending;
    if (first === undefined) return refused;
    const waitMs = first.notBeforeMs - host.nowMs();
    // Farther than anybody asks for: the clock was wrong when it was written down.
    if (waitMs > 0 && waitMs < MAX_PEACE_MS) return { error: peace(name, first.notBeforeMs) };
    const notices = pending.map(({ notice }) => notice);
    const batch = pending.slice(
      0,
      first.noticeId <= aloneTo ? 1 : fitting(notices, channel.limits),
    );
    const refusal = await channel.deliver(
      notices.slice(0, batch.length),
      keyOf(context, batch),
      signal,
    );
    if (refusal?.end === "message" && batch.length > 1) {
      aloneTo = batch.at(-1)!.noticeId;
      continue;
    }
    record(context, name, batch, refusal);
    refused ??= refusal;
    if (refusal !== undefined && refusal.end === undefined) return refused;
  }
}

/** The same notices, and no others, have this key. */
function keyOf({ hostName }: AlertContext, batch: readonly Letter[]): string {
  const [first] = batch;
  return `${hostName}.${first?.createdMs}.${first?.noticeId}-${batch.at(-1)?.noticeId}`;
}

/** What became of a message is in the ledger and in the log. */
function record(
  { ledger, host, tell }: AlertContext,
  channel: string,
  batch: readonly Letter[],
  refusal: Refusal | undefined,
): void {
  const ids = batch.map(({ noticeId }) => noticeId);
  const titles = batch.map(({ notice }) => notice.title).join("; ");
  if (refusal === undefined) {
    ledger.recordDeliveries(channel, ids, "delivered");
    return tell("alert.delivered", { channel, titles });
  }
  const { error: { message: error, hint }, notBeforeMs = host.nowMs() + RETRY_MS, end } = refusal;
  ledger.recordDeliveries(channel, ids, end ? "given-up" : "pending", { error, notBeforeMs });
  if (end) tell("alert.given_up", { channel, error, hint, titles });
  else tell("alert.not_delivered", { channel, error, hint });
}

/** Also of a channel that is off: when it is on again, it has no old news to tell. */
function giveUpOld({ ledger, tell }: AlertContext): void {
  const old = ledger.giveUpDeliveries(GIVE_UP_MS);
  for (const [channel, letters] of Map.groupBy(old, ({ channel }) => channel)) {
    tell("alert.given_up", {
      channel,
      titles: letters.map((letter) => read(letter).notice.title).join("; "),
      error: letters.find(({ error }) => error !== null)?.error ?? "the channel was off",
    });
  }
}

interface Letter extends PendingDelivery {
  readonly notice: Notice;
}

/** Our own JSON, written in the transaction that made it pending. */
function read<T extends { readonly content: string }>(
  delivery: T,
): T & { readonly notice: Notice } {
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

function peace(name: string, notBeforeMs: number): PipelineError {
  const until = new Date(notBeforeMs).toISOString();
  return new PipelineError("retry", `Cannot reach ${name}: it is left in peace until ${until}`, {
    hint: "the next run tries again",
  });
}
