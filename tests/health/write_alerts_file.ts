import { writeAlertsFile } from "../../src/health/alerts_file.ts";
import type { CheckResult } from "../../src/health/check.ts";

// Finds one thing more wrong in each of twenty looks; the other process's things it cannot look at.
const [dir = "", own = "", other = ""] = Deno.args;
// Each begins when the other is there.
Deno.writeTextFileSync(`${dir}/${own}`, "");
while (!(await Deno.stat(`${dir}/${other}`).catch(() => false)));
const wrong: CheckResult[] = [{ id: other, status: "UNKNOWN", message: "not looked at" }];
for (let looks = 0; looks < 20; looks++) {
  wrong.push({ id: own, subject: String(looks), status: "WARNING", message: "wrong" });
  writeAlertsFile(dir, wrong, Date.now());
}
