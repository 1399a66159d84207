import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { alertOn } from "../../src/health/alerts/alert_on.ts";
import type { CheckResult } from "../../src/health/check.ts";
import { type Desk, desk } from "./desk.ts";
import { type MailServer, missing, startMailServer } from "./mail_server.ts";

const PASSWORD = "correct-horse-battery";
const TROUBLE: CheckResult = {
  ...{ id: "submission", topicId: 67n, status: "CRITICAL", value: 3, crit: "1" },
  message: "3 windows missed: naïve\r\nBcc: everybody@example.org",
  fix: "allora-pipeline history --topic 67",
};

function mailDesk(server: MailServer, env: Record<string, string>, password = PASSWORD): Desk {
  return desk({
    secrets: { "smtp-password": password },
    env: {
      ...{ ALLORA_SMTP_HOST: "127.0.0.1", ALLORA_SMTP_PORT: String(server.port) },
      ...{ ALLORA_SMTP_CA_FILE: server.caFile, ALLORA_MAIL_TO: "ops@example.org,me@example.org" },
      ...{ ALLORA_MAIL_FROM: "pipeline@example.org", ALLORA_ALERT_TIMEOUT: "5s", ...env },
    },
  });
}

const failures = ({ told }: Desk) =>
  told.flatMap(({ event, fields }) =>
    event === "alert.not_delivered" || event === "alert.given_up" ? String(fields["error"]) : []
  );

if (missing !== undefined) console.log(`not tested: alerts by e-mail, ${missing}`);

for (const security of ["starttls", "tls"] as const) {
  Deno.test({
    name: `a mail arrives by ${security}, logged in and encrypted, with all there is to say`,
    ignore: missing !== undefined,
    async fn() {
      await using server = await startMailServer({
        mode: security,
        user: "ops",
        password: PASSWORD,
      });
      using at = mailDesk(server, { ALLORA_SMTP_SECURITY: security, ALLORA_SMTP_USER: "ops" });
      await alertOn([TROUBLE], at.context, { isComplete: false });
      assertEquals(failures(at), []);
      assertEquals(await server.next(), { auth: "ops", secure: true, isKnown: true });
      const { to, text = "", secure } = await server.next();
      assertEquals([to, secure], [["ops@example.org", "me@example.org"], true]);
      const [head = "", ...rest] = text.split("\r\n\r\n");
      assertMatch(head, /^Subject: .*CRITICAL/m);
      assertMatch(head, /^Message-ID: <worker-1\.1714521600000\.1-1@example\.org>/m);
      assert(!/^Bcc:/m.test(head));
      const body = rest.join("\n");
      assertStringIncludes(body, "allora-pipeline history --topic 67");
      assertStringIncludes(body, "journalctl -t allora-pipeline ALLORA_TOPIC_ID=3D67");
    },
  });
}

Deno.test({
  name: "a server without encryption gets neither the password nor the message",
  ignore: missing !== undefined,
  async fn() {
    await using server = await startMailServer({ mode: "none", user: "ops", password: PASSWORD });
    using at = mailDesk(server, { ALLORA_SMTP_USER: "ops" });
    await alertOn([TROUBLE], at.context, { isComplete: false });
    assertMatch(failures(at)[0] ?? "", /^Cannot reach email: .*(STARTTLS|upgrade)/i);
  },
});

Deno.test({
  name: "a wrong password is said, and shown nowhere, though the server repeats it",
  ignore: missing !== undefined,
  async fn() {
    await using server = await startMailServer({ mode: "tls", user: "ops", password: PASSWORD });
    const env = { ALLORA_SMTP_SECURITY: "tls", ALLORA_SMTP_USER: "ops" };
    using at = mailDesk(server, env, "not-the-password");
    await alertOn([TROUBLE], at.context, { isComplete: false });
    assertMatch(failures(at)[0] ?? "", /Invalid login.*\[redacted\]/);
    assert(!JSON.stringify(at.told).includes("not-the-password"));
  },
});

Deno.test({
  name: "one mailbox that is gone keeps no mail from the other, and is told once",
  ignore: missing !== undefined,
  async fn() {
    await using server = await startMailServer({ mode: "none" });
    using at = mailDesk(server, {
      ALLORA_SMTP_SECURITY: "none",
      ALLORA_MAIL_TO: "nobody@example.org,me@example.org",
    });
    await alertOn([TROUBLE], at.context, { isComplete: false });
    await alertOn([TROUBLE], at.context, { isComplete: false });
    assertEquals((await server.next()).to, ["me@example.org"]);
    assertEquals(failures(at), ["Cannot reach email: the server refuses 1 of 2 receivers"]);
  },
});

Deno.test("no mail leaves the machine in the clear", async () => {
  using at = desk({
    env: {
      ...{ ALLORA_SMTP_HOST: "mail.example.org", ALLORA_SMTP_SECURITY: "none" },
      ALLORA_MAIL_TO: "ops@example.org",
    },
  });
  await alertOn([TROUBLE], at.context, { isComplete: false });
  assertEquals(failures(at), [
    "Cannot send mail: ALLORA_SMTP_SECURITY is none and mail.example.org is not this machine",
  ]);
});
