import type { Invocation } from "../command.ts";
import { PipelineError } from "../../errors.ts";
import { type Conflict, type Existing, settingParser } from "./existing.ts";
import type { Questions } from "./questions.ts";
import { hasSecret, type SecretFile, secretFile, SECRETS } from "./secrets.ts";

const CHANNELS = ["slack", "discord", "webhook", "email", "heartbeat"] as const;
type ChannelName = typeof CHANNELS[number];

/** What is to be written for the channels of alerts. */
export interface AlertPlan {
  readonly settings: ReadonlyMap<string, string>;
  readonly files: readonly SecretFile[];
  /** Those that are on afterwards. */
  readonly channels: readonly ChannelName[];
}

/** Asks who shall hear when something is wrong; what is on stays on. */
export async function alertPlan(
  questions: Questions,
  invocation: Invocation,
  existing: Existing,
  conflicts: Conflict[],
  cwd: string,
): Promise<AlertPlan> {
  const { values } = invocation;
  const isOn = (name: ChannelName) =>
    name === "email" ? existing.setAt("ALLORA_SMTP_HOST").length > 0 : hasSecret(existing, name);
  const on = CHANNELS.filter(isOn);
  const byFlags = CHANNELS.filter((name) =>
    values[name === "email" ? "smtp-host" : SECRETS[name].flag] !== undefined
  );
  const isSaid = byFlags.length > 0 || on.length > 0;
  const wanted = values["alerts"] === undefined && isSaid ? [] : await questions.answer({
    flag: "alerts",
    text: `Alerts by (${CHANNELS.join(", ")}; comma separated, or none)`,
    byDefault: "none",
    parse: channelsOf,
  });
  const channels = CHANNELS.filter((name) => [...on, ...byFlags, ...wanted].includes(name));
  const files: SecretFile[] = [];
  let settings: ReadonlyMap<string, string> = new Map();
  for (const name of channels) {
    if (name === "email") {
      if (!isOn(name)) settings = await mailSettings(questions, cwd);
      const hasUser = settings.has("ALLORA_SMTP_USER") || values["smtp-user"] !== undefined;
      if (!hasUser && values[SECRETS.email.flag] === undefined) continue;
    } else if (isOn(name) && values[SECRETS[name].flag] === undefined) continue;
    const file = await secretFile(name, invocation, questions, existing, conflicts);
    if (file !== undefined) files.push(file);
  }
  return { settings, files, channels };
}

function channelsOf(text: string): readonly ChannelName[] {
  if (text === "none") return [];
  return text.split(",").map((each) => {
    const name = CHANNELS.find((channel) => channel === each.trim());
    if (name !== undefined) return name;
    throw new PipelineError(
      "usage",
      `Cannot use --alerts ${JSON.stringify(text)}: allowed are ${CHANNELS.join(", ")}, or none`,
      { hint: "Correct --alerts" },
    );
  });
}

async function mailSettings(
  questions: Questions,
  cwd: string,
): Promise<ReadonlyMap<string, string>> {
  const rows = [
    ["ALLORA_SMTP_HOST", "smtp-host", "Mail server", undefined],
    ["ALLORA_SMTP_PORT", "smtp-port", "Its port", "587"],
    ["ALLORA_SMTP_SECURITY", "smtp-security", "Encryption: starttls, tls or none", "starttls"],
    ["ALLORA_MAIL_TO", "mail-to", "Alerts go to", undefined],
    ["ALLORA_SMTP_USER", "smtp-user", "User at the mail server, or none", "none"],
  ] as const;
  const settings = new Map<string, string>();
  for (const [name, flag, text, byDefault] of rows) {
    const sound = settingParser(name, cwd);
    const question = { flag, text, parse: sound, ...byDefault === undefined ? {} : { byDefault } };
    const answer = await questions.answer(question);
    if (answer !== "none" || name !== "ALLORA_SMTP_USER") settings.set(name, answer);
  }
  return settings;
}
