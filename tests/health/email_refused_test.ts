import { assert, assertEquals } from "@std/assert";
import { alertOn } from "../../src/health/alerts/alert_on.ts";
import { desk } from "./desk.ts";

/** A mail server that answers each line by the first row whose words it begins with. */
function answering(rows: readonly (readonly [string, string])[], drip = "") {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const gone = Promise.withResolvers<void>();
  const server = (async () => {
    for await (const connection of listener) {
      const writer = connection.writable.getWriter();
      const say = (text: string) => writer.write(new TextEncoder().encode(`${text}\r\n`));
      await say("220 here");
      let dripping: ReturnType<typeof setInterval> | undefined;
      try {
        for await (const text of connection.readable.pipeThrough(new TextDecoderStream())) {
          for (const line of text.split("\r\n")) {
            const [, answer] = rows.find(([word]) => line.startsWith(word)) ?? [];
            if (answer !== undefined) await say(answer);
            if (drip !== "" && line.startsWith("EHLO")) {
              dripping = setInterval(() => say(drip).catch(() => {}), 20);
            }
          }
        }
      } catch {
        // The other side has closed in the middle of a line.
      }
      clearInterval(dripping);
      gone.resolve();
    }
  })();
  return {
    port: (listener.addr as Deno.NetAddr).port,
    gone: gone.promise,
    async [Symbol.asyncDispose]() {
      listener.close();
      await server.catch(() => {});
    },
  };
}

const envOf = (port: number) => ({
  ...{ ALLORA_SMTP_HOST: "127.0.0.1", ALLORA_SMTP_PORT: String(port) },
  ...{ ALLORA_SMTP_SECURITY: "none", ALLORA_MAIL_TO: "ops@example.org" },
});
const TROUBLE = { id: "disk", status: "WARNING", message: "full" } as const;

Deno.test("a mail server that never comes to an end is left when the time is up", async () => {
  await using server = answering([], "250-and more");
  using at = desk({ env: envOf(server.port) });
  const context = { ...at.context, signal: AbortSignal.timeout(300) };
  const start = performance.now();
  await alertOn([TROUBLE], context, { isComplete: false });
  assert(performance.now() - start < 3000);
  await server.gone;
  assertEquals(at.told.at(-1)?.event, "alert.not_delivered");
});

for (
  const [answer, event] of [
    ["554 Message rejected: Email address is not verified.", "alert.not_delivered"],
    ["552 5.3.4 Message size exceeds fixed limit", "alert.given_up"],
  ] as const
) {
  Deno.test(`"${answer}" is ${event}: what can be mended is tried again`, async () => {
    const rows = [["DATA", "354 go on"], [".", answer], ["QUIT", "221 bye"]] as const;
    const greetings = ["EHLO", "MAIL", "RCPT"].map((word) => [word, "250 fine"] as const);
    await using server = answering([...greetings, ...rows]);
    using at = desk({ env: envOf(server.port) });
    await alertOn([TROUBLE], at.context, { isComplete: false });
    assertEquals(at.told.at(-1)?.event, event, JSON.stringify(at.told));
  });
}
