import type { AlertContext } from "./alert_on.ts";
import { deliverAll } from "./deliver.ts";
import type { Notice } from "./notice.ts";
import { openChannels } from "./open_channels.ts";

/** Delivers what former runs could not, and what this one may have to say beside incidents. */
export async function deliverPending(context: AlertContext): Promise<void> {
  const { channels } = await openChannels(context.settings, context.host, context.hostName);
  await deliverAll(context, channels);
}

/**
 * Tells every channel something that is no incident, when `isDue` says so of the time at which it was
 * last told; it is remembered before the first channel is called. Without a channel it stays to be told.
 */
export async function tellOnce(
  milestone: string,
  notice: () => Promise<Notice> | Notice,
  context: AlertContext,
  isDue: (lastMs: number | undefined) => boolean,
): Promise<void> {
  const { ledger } = context;
  if (!isDue(ledger.milestoneMs(milestone))) return;
  const { channels } = await openChannels(context.settings, context.host, context.hostName);
  if (channels.length === 0) return;
  const content = JSON.stringify(await notice());
  ledger.tellMilestone(milestone, channels.map(({ name }) => name), content, isDue);
  await deliverAll(context, channels);
}
