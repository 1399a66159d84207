import { resolve } from "node:path";
import { exposition, familiesOf } from "../../health/metrics/exposition.ts";
import { PREFIX } from "../../health/metrics/family.ts";
import { writeTextfile } from "../../health/metrics/textfile.ts";
import type { Handler } from "../command.ts";
import { openRun, settingsOf } from "../open_run.ts";
import { sourceOf } from "./source.ts";

/** The metrics, on stdout or in a file. */
export const metrics: Handler = async (invocation, terminal) => {
  const { values: { textfile }, json } = invocation;
  using run = openRun(settingsOf(invocation, terminal), terminal);
  const source = await sourceOf(run);
  if (textfile !== undefined) {
    writeTextfile(resolve(terminal.cwd, textfile), await exposition(source));
    return 0;
  }
  const families = () => familiesOf(source).map((each) => ({ ...each, name: PREFIX + each.name }));
  terminal.out(
    json ? `${JSON.stringify({ metrics: families() })}\n` : await exposition(source),
  );
  return 0;
};
