import { assertEquals } from "@std/assert";
import { alertOn } from "../../src/health/alerts/alert_on.ts";
import { MAIN } from "../commands/run_main.ts";
import { desk } from "./desk.ts";
import { receive, titlesOf } from "./receiver.ts";

const script = new URL("alert_until_killed.ts", import.meta.url).pathname;

Deno.test("killed between two channels: one is told nothing twice, the other nothing too few", async () => {
  await using quick = receive();
  await using slow = receive();
  using at = desk({ secrets: { webhook: quick.url, "slack-webhook": slow.url } });
  const held = Promise.withResolvers<void>();
  slow.answer = async () => {
    await held.promise;
    return new Response("ok");
  };
  const child = new Deno.Command(MAIN[0], {
    args: [...MAIN.slice(1, -1), script, at.dir],
    ...{ stdout: "piped", stderr: "inherit" },
  }).spawn();
  let said = "";
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    said += text;
    if (said.includes("alert.delivered") && slow.received.length === 1) child.kill("SIGKILL");
  }
  assertEquals((await child.status).signal, "SIGKILL");
  held.resolve();

  slow.answer = () => new Response("ok");
  at.clock.nowMs = Date.now();
  at.restart();
  const still = { id: "balance", status: "CRITICAL", message: "nothing is left" } as const;
  await alertOn([still], at.context, { isComplete: false });
  await alertOn([still], at.context, { isComplete: false });
  assertEquals(titlesOf(quick), ["CRITICAL balance: nothing is left"]);
  // Slack had it without our knowing, so it has it once more: the gap that cannot be closed.
  assertEquals(slow.received.length, 2);
});

Deno.test("two processes at once tell every channel once", async () => {
  await using hook = receive();
  using at = desk({ secrets: { webhook: hook.url } });
  const children = [1, 2, 3].map(() =>
    new Deno.Command(MAIN[0], { args: [...MAIN.slice(1, -1), script, at.dir], stdout: "null" })
      .output()
  );
  assertEquals((await Promise.all(children)).map(({ code }) => code), [0, 0, 0]);
  assertEquals(titlesOf(hook), ["CRITICAL balance: nothing is left"]);
});
