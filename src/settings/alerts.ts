import { choice, count, duration, list, path, shape } from "./setting_type.ts";
import type { Table } from "./table.ts";

/** How a file in the places of secrets is called, which is the credential's name too. */
const secretFile = <Name extends string>(name: Name) =>
  `$CREDENTIALS_DIRECTORY/${name}, /etc/allora-pipeline/${name} or ./data/${name}` as const;

const mailbox = shape(
  "ADDRESS",
  /^[^\s@<>,;:"()[\]\\]{1,64}@[A-Za-z0-9][A-Za-z0-9.-]{0,252}$/,
  "a mail address such as ops@example.org",
);

/** Who hears when something is wrong. A channel is on when its file exists, e-mail when its host is set. */
export const ALERT_SETTINGS = {
  slackWebhookFile: {
    name: "ALLORA_SLACK_WEBHOOK_FILE",
    type: path,
    located: secretFile("slack-webhook"),
    secret: true,
    meaning: "File of mode 0600 that holds the URL of a Slack webhook for alerts",
  },
  discordWebhookFile: {
    name: "ALLORA_DISCORD_WEBHOOK_FILE",
    type: path,
    located: secretFile("discord-webhook"),
    secret: true,
    meaning: "File of mode 0600 that holds the URL of a Discord webhook for alerts",
  },
  webhookFile: {
    name: "ALLORA_WEBHOOK_FILE",
    type: path,
    located: secretFile("webhook"),
    secret: true,
    meaning: "File of mode 0600 that holds a URL to which alerts are posted as JSON",
  },
  heartbeatUrlFile: {
    name: "ALLORA_HEARTBEAT_URL_FILE",
    type: path,
    located: secretFile("heartbeat-url"),
    secret: true,
    meaning: "File of mode 0600 that holds the ping URL of a dead man's switch (healthchecks.io)",
  },
  smtpHost: {
    name: "ALLORA_SMTP_HOST",
    type: shape("HOST", /^[A-Za-z0-9.:-]{1,253}$/, "a host name or an IP address"),
    meaning: "Mail server for alerts by e-mail; unset: none are sent",
    example: "smtp.example.org",
  },
  smtpPort: {
    name: "ALLORA_SMTP_PORT",
    type: count(1, 65_535),
    default: "587",
    meaning: "Its port: usually 587 for starttls, 465 for tls",
  },
  smtpSecurity: {
    name: "ALLORA_SMTP_SECURITY",
    type: choice("starttls", "tls", "none"),
    default: "starttls",
    meaning: "How the connection is encrypted; none is allowed to this machine only",
  },
  smtpCaFile: {
    name: "ALLORA_SMTP_CA_FILE",
    type: path,
    meaning: "Certificates (PEM) to trust for the mail server; unset: those that everybody trusts",
    example: "/etc/ssl/certs/our-ca.pem",
  },
  smtpUser: {
    name: "ALLORA_SMTP_USER",
    type: shape("NAME", /^[!-~]{1,254}$/, "a name without spaces"),
    meaning: "User name at the mail server; unset: mail is sent without logging in",
    example: "ops@example.org",
  },
  smtpPasswordFile: {
    name: "ALLORA_SMTP_PASSWORD_FILE",
    type: path,
    located: secretFile("smtp-password"),
    secret: true,
    meaning: "File of mode 0600 that holds that user's password",
  },
  mailFrom: {
    name: "ALLORA_MAIL_FROM",
    type: mailbox,
    meaning: "Sender of alerts by e-mail; unset: the first of ALLORA_MAIL_TO",
    example: "allora-pipeline@example.org",
  },
  mailTo: {
    name: "ALLORA_MAIL_TO",
    type: list(mailbox),
    meaning: "Who gets alerts by e-mail; required when ALLORA_SMTP_HOST is set",
    example: "ops@example.org",
  },
  alertRepeatMs: {
    name: "ALLORA_ALERT_REPEAT",
    type: duration("10m", "30d"),
    default: "6h",
    meaning: "How often an alert that stays open is said again",
  },
  alertTimeoutMs: {
    name: "ALLORA_ALERT_TIMEOUT",
    type: duration("100ms", "1m"),
    default: "10s",
    meaning: "Longest wait for a channel of alerts to take a message",
  },
  digest: {
    name: "ALLORA_DIGEST",
    type: choice("weekly", "off"),
    default: "weekly",
    meaning: "Whether windows met, net ALLO and runway are told to every channel once a week",
  },
} as const satisfies Table;
