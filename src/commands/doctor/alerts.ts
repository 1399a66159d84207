import { channelSecrets } from "../../health/channel_secrets.ts";
import type { CheckResult } from "../../health/check.ts";
import { pasteSecret } from "../../health/cure.ts";
import { type Examined, failed } from "./examined.ts";

/** Whether somebody would be told, as far as can be known without telling anybody. */
export async function alerts({ settings }: Examined): Promise<readonly CheckResult[]> {
  const all = (await channelSecrets(settings)).map(({ name, by, error }): CheckResult => {
    const what = { id: "channel", subject: name };
    return error === undefined
      ? { ...what, status: "OK", message: `on, by ${by}` }
      : failed(what, error, "allora-pipeline alert --test");
  });
  if (all.some(({ subject, status }) => subject !== "heartbeat" && status === "OK")) {
    const message = "somebody is told; allora-pipeline alert --test shows whether it arrives";
    return [...all, { id: "channels", status: "OK", message }];
  }
  return [...all, {
    ...{ id: "channels", status: "WARNING" },
    message: "none is on: nobody is told when something is wrong",
    fix: pasteSecret(settings.slackWebhookFile, "a webhook's URL (or set ALLORA_SMTP_HOST)"),
  }];
}
