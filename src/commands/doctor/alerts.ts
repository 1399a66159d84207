import type { CheckResult } from "../../health/check.ts";
import { readSecretUrl } from "../../host/credentials.ts";
import { type Examined, failed } from "./examined.ts";
import { isThere } from "./system.ts";

const HOOKS = [
  ["slack", "slackWebhookFile", "ALLORA_SLACK_WEBHOOK_FILE"],
  ["discord", "discordWebhookFile", "ALLORA_DISCORD_WEBHOOK_FILE"],
  ["webhook", "webhookFile", "ALLORA_WEBHOOK_FILE"],
  ["heartbeat", "heartbeatUrlFile", "ALLORA_HEARTBEAT_URL_FILE"],
] as const;

/** Whether somebody would be told, as far as can be known without telling anybody. */
export async function alerts({ settings }: Examined): Promise<readonly CheckResult[]> {
  const { sources, credentialsDir, smtpHost, mailTo } = settings;
  const found = await Promise.all(HOOKS.map(async ([name, field, setting]) => {
    const path = settings[field];
    if (sources.get(setting) === "default" && !isThere(path)) return [];
    const what = { id: "channel", subject: name };
    try {
      await readSecretUrl(path, name, setting, credentialsDir);
      return [{ ...what, status: "OK" as const, message: `on, by ${path}` }];
    } catch (thrown) {
      return [failed(what, thrown, `chmod 600 ${path}`)];
    }
  }));
  const all = [...found.flat(), ...mail(smtpHost, mailTo)];
  if (all.some(({ subject, status }) => subject !== "heartbeat" && status === "OK")) {
    const message = "somebody is told; allora-pipeline alert --test shows whether it arrives";
    return [...all, { id: "channels", status: "OK", message }];
  }
  return [...all, {
    ...{ id: "channels", status: "WARNING" },
    message: "none is on: nobody is told when something is wrong",
    fix: `put the URL of a webhook into ${settings.slackWebhookFile}, or set ALLORA_SMTP_HOST`,
  }];
}

function mail(host: string | undefined, to: readonly string[] | undefined): readonly CheckResult[] {
  if (host === undefined) return [];
  const what = { id: "channel", subject: "email" };
  if (to !== undefined) {
    return [{ ...what, status: "OK", message: `on, by ${host} to ${to.join(", ")}` }];
  }
  const message = "ALLORA_SMTP_HOST is set, ALLORA_MAIL_TO is not";
  return [{ ...what, status: "CRITICAL", message, fix: "set ALLORA_MAIL_TO to who gets alerts" }];
}
