import { PipelineError } from "../../errors.ts";
import {
  isSecretUrl,
  isVenueKey,
  readPassword,
  readSecretUrl,
  readVenueKey,
} from "../../host/credentials.ts";
import { isThere } from "../../host/paths.ts";
import type { Existing } from "./existing.ts";
import { unanswered } from "./questions.ts";
import type { Wizard } from "./wizard.ts";

/** A file of mode 0600 that is to be written. */
export interface SecretFile {
  readonly path: string;
  readonly text: string;
}

interface Secret {
  readonly setting: `ALLORA_${string}_FILE`;
  readonly flag: string;
  readonly question: string;
  readonly allowed: string;
  readonly isSound: (text: string) => boolean;
  /** Throws what is wrong with the file. */
  readonly read: (path: string) => Promise<string>;
}

const hook = (name: string, setting: Secret["setting"], question: string): Secret => ({
  ...{
    setting,
    question,
    flag: flagOfFile(setting),
    allowed: "one https URL",
    isSound: isSecretUrl,
  },
  read: (path) => readSecretUrl(path, name, setting),
});
const key = (venue: string, setting: Secret["setting"]): Secret => ({
  ...{ setting, question: `Key of ${venue}`, flag: flagOfFile(setting), isSound: isVenueKey },
  allowed: "one word of 8 or more ASCII characters",
  read: (path) => readVenueKey(path, venue, setting),
});

/** The secrets beside the wallet's, by what wants them. */
export const SECRETS = {
  atlas: key("atlas", "ALLORA_ATLAS_KEY_FILE"),
  tiingo: key("tiingo", "ALLORA_TIINGO_KEY_FILE"),
  slack: hook("slack", "ALLORA_SLACK_WEBHOOK_FILE", "URL of the Slack webhook"),
  discord: hook("discord", "ALLORA_DISCORD_WEBHOOK_FILE", "URL of the Discord webhook"),
  webhook: hook("webhook", "ALLORA_WEBHOOK_FILE", "URL to post alerts to as JSON"),
  heartbeat: hook("heartbeat", "ALLORA_HEARTBEAT_URL_FILE", "Ping URL of the dead man's switch"),
  email: {
    ...{ setting: "ALLORA_SMTP_PASSWORD_FILE", flag: "smtp-password-file" },
    ...{ question: "Password at the mail server", allowed: "a password" },
    isSound: (text) => text !== "",
    read: (path) => readPassword(path),
  },
} as const satisfies Readonly<Record<string, Secret>>;

export type SecretName = keyof typeof SECRETS;

function flagOfFile(setting: string): string {
  return setting.replace("ALLORA_", "").toLowerCase().replaceAll("_", "-");
}

/** Whether the secret's file is there, and with it what wants it on. */
export function hasSecret(existing: Existing, name: SecretName): boolean {
  return isThere(existing.pathOf(SECRETS[name].setting));
}

/**
 * The secret's file as it is to be written, from the file that its flag names or from a person;
 * undefined when it is there. A flag that names another secret than the one there is among the conflicts.
 * Throws "usage" when nobody can be asked, "config" or "denied" for a file that cannot be used.
 */
export async function secretFile(
  { questions, values, existing, conflicts }: Wizard,
  name: SecretName,
): Promise<SecretFile | undefined> {
  const { setting, flag, question, allowed, isSound, read }: Secret = SECRETS[name];
  const path = existing.pathOf(setting);
  const source = values[flag];
  if (source !== undefined) {
    const text = await read(source);
    if (!isThere(path)) return { path, text };
    if (await read(path) !== text) {
      const message = `Cannot use --${flag} ${source}: ${
        existing.shown(path)
      } is there and holds another`;
      conflicts.push({ flag, message });
    }
    return undefined;
  }
  if (isThere(path)) return undefined;
  if (!questions.isAsking) throw unanswered(flag);
  const text = await questions.secret(question, isSound, allowed);
  if (text !== "") return { path, text };
  throw new PipelineError(
    "usage",
    `Cannot go on without it: ${question.toLowerCase()} is missing`,
    {
      hint: "nothing was written: run init again, and leave out what wants it",
    },
  );
}
