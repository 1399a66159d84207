import { Socket } from "node:net";
import { messageOf, PipelineError } from "../../errors.ts";
import type { Channel, Refusal } from "./channel.ts";
import { refusalBy } from "./channel.ts";
import { type Notice, textOf } from "./notice.ts";

export interface EmailOptions {
  readonly hostName: string;
  readonly smtpHost: string;
  readonly port: number;
  readonly security: "starttls" | "tls" | "none";
  /** Certificates to trust, PEM; default: those that everybody trusts. */
  readonly ca: string | undefined;
  readonly login: { readonly user: string; readonly password: string } | undefined;
  readonly from: string;
  readonly to: readonly string[];
  /** Longest wait for each answer of the server, milliseconds. */
  readonly timeoutMs: number;
}

/**
 * Mail over SMTP, always encrypted unless the server is this machine. The Message-ID is that of the
 * notices, so that a mail program shows one that was sent twice once. Throws "config" for a server
 * elsewhere without encryption.
 */
export function email(options: EmailOptions): Channel {
  const { smtpHost, security } = options;
  if (security === "none" && !/^(localhost|127\.\d+\.\d+\.\d+|::1)$/.test(smtpHost)) {
    throw new PipelineError(
      "config",
      `Cannot send mail: ALLORA_SMTP_SECURITY is none and ${smtpHost} is not this machine`,
      { hint: "set ALLORA_SMTP_SECURITY=starttls or tls" },
    );
  }
  return {
    name: "email",
    limits: { notices: 100, chars: 100_000 },
    deliver: (notices, key, signal) => send(options, notices, key, signal),
  };
}

async function send(
  options: EmailOptions,
  notices: readonly Notice[],
  key: string,
  signal: AbortSignal,
): Promise<Refusal | undefined> {
  const { hostName, smtpHost, port, security, ca, login, from, to, timeoutMs } = options;
  const secrets = login === undefined ? [] : [login.password];
  // Only here: it takes longer to load than all the rest.
  const { createTransport } = await import("nodemailer");
  // Our own, because a transport can be told to stop, but does not close what it has open.
  const socket = new Socket();
  const transport = createTransport({
    ...{ host: smtpHost, port, socket, name: hostName, secure: security === "tls" },
    ...{ requireTLS: security === "starttls", ignoreTLS: security === "none" },
    ...{ connectionTimeout: timeoutMs, greetingTimeout: timeoutMs, socketTimeout: timeoutMs },
    ...login && { auth: { user: login.user, pass: login.password } },
    ...ca !== undefined && { tls: { ca } },
    ...{ disableFileAccess: true, disableUrlAccess: true },
  });
  const late = Promise.withResolvers<never>();
  const onAbort = () => {
    socket.destroy();
    late.reject(signal.reason);
  };
  signal.addEventListener("abort", onAbort);
  try {
    signal.throwIfAborted();
    const sending = transport.sendMail({
      ...{ from, to: [...to], subject: subjectOf(notices) },
      text: notices.map((notice) => `${notice.title}\n\n${textOf(notice)}\n`).join("\n\n"),
      messageId: `<${key}@${from.replace(/^.*@/, "")}>`,
      headers: { "Auto-Submitted": "auto-generated" },
    });
    const { rejected } = await Promise.race([sending, late.promise]);
    if (rejected.length === 0) return undefined;
    const what = `the server refuses ${rejected.length} of ${to.length} receivers`;
    // The others have it: sending it again would tell them twice.
    return { error: refusalBy("email", what, secrets, CHECK), end: "some-have-it" };
  } catch (thrown) {
    const error = refusalBy("email", messageOf(thrown), secrets, CHECK);
    return { error, ...isOfMessage(thrown) && { end: "message" } };
  } finally {
    signal.removeEventListener("abort", onAbort);
    transport.close();
  }
}

const CHECK = {
  hint:
    "check ALLORA_SMTP_HOST, ALLORA_SMTP_PORT, ALLORA_SMTP_SECURITY, ALLORA_MAIL_TO, and that " +
    "the server's certificate is trusted: ALLORA_SMTP_CA_FILE",
};

/** "552 …", or by its enhanced code (RFC 3463): too large, or not in a form that is taken. */
const OF_MESSAGE = /^(552\b|5\d\d[ -]5\.(3\.4|6\.\d+)\b)/;

/** Whether it is the message that the server refuses; what else it has against it can be mended. */
function isOfMessage(thrown: unknown): boolean {
  return thrown instanceof Error && "command" in thrown && thrown.command === "DATA" &&
    "response" in thrown && OF_MESSAGE.test(String(thrown.response));
}

function subjectOf(notices: readonly Notice[]): string {
  const [first, ...others] = notices;
  const more = others.length === 0 ? "" : ` (and ${others.length} more)`;
  return `[allora-pipeline ${first?.host ?? ""}] ${first?.title.slice(0, 150) ?? ""}${more}`;
}
