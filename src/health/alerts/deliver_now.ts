import { deadline } from "../../host/deadline.ts";
import type { AlertContext } from "./alert_on.ts";
import { type Channel, DELIVERY_MS, type Refusal } from "./channel.ts";
import type { Told } from "./deliver.ts";
import { fitting, type Notice } from "./notice.ts";

/** Tells every channel now, and nothing is remembered; returns how each took it. */
export async function deliverNow(
  channels: readonly Channel[],
  notices: readonly Notice[],
  { hostName, host, signal }: Pick<AlertContext, "hostName" | "host" | "signal">,
): Promise<Told> {
  using time = deadline(DELIVERY_MS, signal);
  const key = `${hostName}.${host.nowMs()}`;
  const ends = await Promise.all(channels.map(async (channel) => {
    const refusal = await tellAll(channel, notices, key, time.signal);
    return [channel.name, refusal?.error] as const;
  }));
  return new Map(ends);
}

/** Message after message; returns the first refusal, after which only what was not to its taste is left. */
async function tellAll(
  channel: Channel,
  notices: readonly Notice[],
  key: string,
  signal: AbortSignal,
): Promise<Refusal | undefined> {
  let refused: Refusal | undefined;
  let isAlone = false;
  for (let at = 0, messages = 0; at < notices.length; messages++) {
    const rest = notices.slice(at);
    const part = rest.slice(0, isAlone ? 1 : fitting(rest, channel.limits));
    const refusal = await channel.deliver(part, `${key}.${messages}`, signal);
    const isSplit = refusal?.end === "message" && part.length > 1;
    if (isSplit) isAlone = true;
    else at += part.length;
    if (isSplit || refusal === undefined) continue;
    refused ??= refusal;
    if (refusal.end === undefined) break;
  }
  return refused;
}
