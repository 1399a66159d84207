import { PipelineError } from "../../errors.ts";
import { readPassword, readSecretUrl } from "../../host/credentials.ts";
import type { Host } from "../../host/host.ts";
import type { Settings } from "../../settings.ts";
import { fileError } from "../../settings/file_error.ts";
import type { Channel, ChannelName } from "./channel.ts";
import { discord } from "./discord.ts";
import { email } from "./email.ts";
import type { HeartbeatOptions } from "./heartbeat.ts";
import { slack } from "./slack.ts";
import { webhook } from "./webhook.ts";

/** Who can be told, and the dead man's switch. */
export interface Channels {
  /** Those that are on; one whose settings are wrong refuses every message with the reason. */
  readonly channels: readonly Channel[];
  /** Undefined when it is off; the error when its settings are wrong. */
  readonly heartbeat:
    | Omit<HeartbeatOptions, "signal" | "invocationId">
    | PipelineError
    | undefined;
}

const HOOKS = [
  ["slack", slack, "slackWebhookFile", "ALLORA_SLACK_WEBHOOK_FILE"],
  ["discord", discord, "discordWebhookFile", "ALLORA_DISCORD_WEBHOOK_FILE"],
  ["webhook", webhook, "webhookFile", "ALLORA_WEBHOOK_FILE"],
] as const;

/** The channels that the settings turn on; their secrets are read now. What ails one throws nothing. */
export async function openChannels(
  settings: Settings,
  host: Host,
  hostName: string,
): Promise<Channels> {
  const { alertTimeoutMs: timeoutMs } = settings;
  const channels: Channel[] = [];
  for (const [name, make, field, setting] of HOOKS) {
    const url = await urlIn(settings, settings[field], name, setting);
    if (url instanceof PipelineError) channels.push(broken(name, url));
    else if (url !== undefined) channels.push(make({ host, url, timeoutMs }));
  }
  if (settings.smtpHost !== undefined) {
    channels.push(
      await settledOr(() => mail(settings, hostName), (error) => broken("email", error)),
    );
  }
  const { heartbeatUrlFile } = settings;
  const beat = await urlIn(settings, heartbeatUrlFile, "heartbeat", "ALLORA_HEARTBEAT_URL_FILE");
  return {
    channels,
    heartbeat: typeof beat === "string" ? { host, url: beat, timeoutMs } : beat,
  };
}

/** The URL in a channel's file; undefined when nobody named the file and it is not there. */
async function urlIn(
  { sources, credentialsDir }: Settings,
  path: string,
  name: string,
  setting: string,
): Promise<string | PipelineError | undefined> {
  if (sources.get(setting) === "default" && !isThere(path)) return undefined;
  return await settledOr(
    () => readSecretUrl(path, name, setting, credentialsDir),
    (error) => error,
  );
}

async function mail(settings: Settings, hostName: string): Promise<Channel> {
  const { smtpUser: user, smtpPasswordFile, smtpCaFile, mailTo, mailFrom } = settings;
  const [first] = mailTo ?? [];
  if (mailTo === undefined || first === undefined) {
    throw new PipelineError("config", "Cannot send mail: ALLORA_MAIL_TO is missing", {
      hint: "set ALLORA_MAIL_TO to who gets alerts, or unset ALLORA_SMTP_HOST",
    });
  }
  return email({
    ...{ hostName, smtpHost: settings.smtpHost ?? "", port: settings.smtpPort },
    ...{ security: settings.smtpSecurity, timeoutMs: settings.alertTimeoutMs },
    ...{ from: mailFrom ?? first, to: mailTo },
    login: user === undefined
      ? undefined
      : { user, password: await readPassword(smtpPasswordFile, settings.credentialsDir) },
    ca: smtpCaFile === undefined
      ? undefined
      : await Deno.readTextFile(smtpCaFile).catch((thrown) => {
        throw fileError("read", smtpCaFile, thrown);
      }),
  });
}

function broken(name: ChannelName, error: PipelineError): Channel {
  return {
    ...{ name, limits: { notices: 100, chars: 100_000 } },
    deliver: () => Promise.resolve({ error }),
  };
}

async function settledOr<T, E>(
  work: () => Promise<T>,
  otherwise: (error: PipelineError) => E,
): Promise<T | E> {
  try {
    return await work();
  } catch (thrown) {
    if (thrown instanceof PipelineError) return otherwise(thrown);
    throw thrown;
  }
}

function isThere(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch (thrown) {
    // What may not be looked at is there; reading it will say what is wrong.
    return !(thrown instanceof Deno.errors.NotFound || thrown instanceof Deno.errors.NotADirectory);
  }
}
