import { type ErrorKind, PipelineError } from "../../errors.ts";
import type { Notice } from "./notice.ts";

export const CHANNELS = ["slack", "discord", "webhook", "email"] as const;
export type ChannelName = typeof CHANNELS[number];

/** What is waited for all channels together, milliseconds. */
export const DELIVERY_MS = 40_000;

/** A channel did not take a message. */
export interface Refusal {
  readonly error: PipelineError;
  /** It asked not to be called before, epoch milliseconds. */
  readonly notBeforeMs?: number;
  /**
   * Why it is not tried again: the channel never takes this message, whatever is mended; or some of its
   * receivers have it, and would be told twice.
   */
  readonly end?: "message" | "some-have-it";
}

/** One way to people. */
export interface Channel {
  readonly name: ChannelName;
  /** What one message may hold: so many notices, and characters of them. */
  readonly limits: { readonly notices: number; readonly chars: number };
  /**
   * Sends the notices as one message; `key` is the same whenever the same message is sent again. Returns
   * why it did not arrive, and throws nothing.
   */
  deliver(
    notices: readonly Notice[],
    key: string,
    signal: AbortSignal,
  ): Promise<Refusal | undefined>;
}

/** Why a channel did not take a message; `secrets` are in none of it. */
export function refusalBy(
  name: string,
  what: string,
  secrets: readonly string[],
  { kind = "unavailable", hint = "the next run tries again" }: {
    readonly kind?: ErrorKind;
    readonly hint?: string;
  } = {},
): PipelineError {
  return new PipelineError(kind, `Cannot reach ${name}: ${veil(what, secrets)}`, { hint });
}

/** What a server says may repeat what it was sent, the address included. */
function veil(text: string, secrets: readonly string[]): string {
  const hidden = secrets.flatMap((secret) => [secret, ...secret.split(/[/?&=]+/).slice(2)])
    .filter((part) => part.length >= 6)
    .sort((a, b) => b.length - a.length);
  const veiled = hidden.reduce((rest, part) => rest.replaceAll(part, "[redacted]"), text);
  return veiled.replace(/https?:\/\/\S+/g, "[redacted]").replace(/\s+/g, " ").trim().slice(0, 300);
}
