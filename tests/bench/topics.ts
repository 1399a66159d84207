import { table } from "../../src/host/terminal.ts";
import { practise } from "./practice.ts";

const COUNTS = [1, 10, 100];
/** Slow enough that a window lasts longer than the largest cycle, on the devnet's own processor time. */
const SPEED = 60;

/** What one cycle costs that submits for 1, 10 and 100 topics of one wallet, and how that grows. */
export async function benchTopics(binary: string, dir: string): Promise<void> {
  console.log("many topics ...");
  const rows = [["topics in one cycle", "cpu s", "wall s", "peak MB", "cpu ms per topic more"]];
  let first: { readonly cpuMs: number } | undefined;
  for (const topics of COUNTS) {
    await using practice = await practise(binary, `${dir}/topics-${topics}`, {
      speed: SPEED,
      topics,
    });
    const cost = await practice.submitOnce();
    first ??= cost;
    const more = topics === 1 ? "" : ((cost.cpuMs - first.cpuMs) / (topics - 1)).toFixed(1);
    rows.push([
      ...[String(topics), (cost.cpuMs / 1000).toFixed(2), (cost.wallMs / 1000).toFixed(2)],
      ...[cost.peakMb.toFixed(0), more],
    ]);
  }
  const align = rows[0]!.map((_, column) => column === 0 ? "left" as const : "right" as const);
  console.log(`${table(rows, { align })}\n`);
}
