import { assertEquals } from "@std/assert";
import { isInstalled, rules, rulesOf, rulesTest } from "./monitoring.ts";

const promtool = {
  ignore: !isInstalled("promtool"),
};

async function run(...args: string[]): Promise<void> {
  const { code, stdout, stderr } = await new Deno.Command("promtool", { args }).output();
  const said = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  assertEquals(code, 0, said);
}

Deno.test("promtool takes the alert rules (needs Debian's prometheus)", promtool, async () => {
  await run("check", "rules", rules.pathname);
});

Deno.test("every alert fires when it should (needs Debian's prometheus)", promtool, async () => {
  await run("test", "rules", rulesTest.pathname);
});

Deno.test("every alert has a case in which it fires, and one in which it does not", async () => {
  const cases = (await Deno.readTextFile(rulesTest)).split("  - name: ").slice(1).map((text) => ({
    alert: /alertname: (\w+)/.exec(text)?.[1],
    fires: !text.includes("exp_alerts: []"),
  }));
  for (const { alert } of await rulesOf()) {
    const own = cases.filter((each) => each.alert === alert).map(({ fires }) => fires);
    const wanted = alert === "AlloraPipelineWatchdog" ? [true] : [false, true];
    assertEquals(own.toSorted(), wanted, alert);
  }
});
