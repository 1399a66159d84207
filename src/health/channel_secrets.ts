import { PipelineError } from "../errors.ts";
import { readPassword, readSecretUrl } from "../host/credentials.ts";
import type { Settings } from "../settings.ts";
import { fileError } from "../settings/file_error.ts";

const HOOKS = [
  ["slack", "slackWebhookFile", "ALLORA_SLACK_WEBHOOK_FILE"],
  ["discord", "discordWebhookFile", "ALLORA_DISCORD_WEBHOOK_FILE"],
  ["webhook", "webhookFile", "ALLORA_WEBHOOK_FILE"],
  ["heartbeat", "heartbeatUrlFile", "ALLORA_HEARTBEAT_URL_FILE"],
] as const;

/** A channel that somebody has switched on. */
export interface ChannelSecrets {
  /** "slack", "email", "heartbeat"… */
  readonly name: string;
  /** Where messages go: a secret's file, or the mail's server and readers. */
  readonly by: string;
  /** Why it cannot be used as it is set. */
  readonly error: PipelineError | undefined;
}

/** Whether what each channel that is on needs is there and can be read; nobody is told anything. */
export async function channelSecrets(settings: Settings): Promise<readonly ChannelSecrets[]> {
  const { sources, credentialsDir, smtpHost, mailTo = [] } = settings;
  const hooks = await Promise.all(HOOKS.map(async ([name, field, setting]) => {
    const by = settings[field];
    const error = await failureOf(() => readSecretUrl(by, name, setting, credentialsDir));
    const isOff = sources.get(setting) === "default" && isMissing(by);
    return isOff ? [] : [{ name, by, error }];
  }));
  if (smtpHost === undefined) return hooks.flat();
  const error = await failureOf(() => readMail(settings));
  return [...hooks.flat(), { name: "email", by: `${smtpHost} to ${mailTo.join(", ")}`, error }];
}

async function readMail(settings: Settings): Promise<void> {
  const { mailTo, smtpUser, smtpPasswordFile, smtpCaFile, credentialsDir } = settings;
  if (mailTo === undefined) {
    throw new PipelineError("config", "ALLORA_SMTP_HOST is set, ALLORA_MAIL_TO is not", {
      hint: "set ALLORA_MAIL_TO to who gets alerts",
    });
  }
  if (smtpUser !== undefined) await readPassword(smtpPasswordFile, credentialsDir);
  if (smtpCaFile === undefined) return;
  await Deno.readTextFile(smtpCaFile).catch((thrown) => {
    throw fileError("read", smtpCaFile, thrown);
  });
}

async function failureOf(read: () => Promise<unknown>): Promise<PipelineError | undefined> {
  try {
    await read();
  } catch (thrown) {
    if (thrown instanceof PipelineError) return thrown;
    throw thrown;
  }
}

function isMissing(path: string): boolean {
  try {
    Deno.statSync(path);
    return false;
  } catch (thrown) {
    // What may not be looked at is there; reading it says what is wrong.
    return thrown instanceof Deno.errors.NotFound || thrown instanceof Deno.errors.NotADirectory;
  }
}
