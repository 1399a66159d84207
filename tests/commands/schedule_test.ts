import { assert, assertEquals, assertMatch } from "@std/assert";
import { defaultTopics } from "../../src/devnet/default_topics.ts";
import { practise } from "../cycle/practice.ts";
import { runMain } from "./run_main.ts";

Deno.test("an epoch of an hour is for the timer, one of six minutes for the daemon", async () => {
  const [hourly, second] = defaultTopics(10);
  const topics = [hourly!, { ...second!, epochLength: 72, submissionWindow: 60 }];
  await using worker = await practise({ topics, isTrained: false });
  for (let blocks = 0; blocks < 120; blocks++) worker.devnet.step();
  const cwd = worker.settings.stateDir.replace(/\/[^/]+$/, "");
  const ask = async (...flags: string[]) => {
    const { code, stdout, stderr } = await runMain(["schedule", ...flags], { cwd });
    assertEquals([code, stderr], [0, ""]);
    return stdout;
  };
  const [first] = JSON.parse(await ask("--json")).topics;
  assertEquals([first.topic_id, first.needs, first.epoch_blocks], ["1", "timer", 720]);
  assert(Math.abs(first.epoch_seconds - 3600) < 60, String(first.epoch_seconds));
  assertMatch(
    await ask(),
    /^ +1 .* the timer, every 5 minutes$[^]*enable --now allora-pipeline-submit\.timer/m,
  );
  const cron = await ask("--cron");
  assertMatch(cron, /^\*\/5 \* \* \* \* ulimit -c 0; \S+ submit/m);
  assert(!/>.*submission\.log/.test(cron));

  const file = await Deno.readTextFile(`${cwd}/topics/1.env`);
  await Deno.writeTextFile(`${cwd}/topics/${second!.id}.env`, file);
  assertEquals(
    JSON.parse(await ask("--json")).topics.map(({ needs }: { needs: string }) => needs),
    ["timer", "daemon"],
  );
  assertMatch(await ask(), /enable --now allora-pipeline-daemon\.service/);
  assertMatch(await ask("--cron"), /^@reboot ulimit -c 0; \S+ daemon/m);
});
