import { type Cost, costOf } from "./process_cost.ts";

const BYTES = 1_000_000_000;
const GZIP_LEVEL = "-6";

/**
 * A table: rotating a log of 1 GB (compressed, synced, read back and compared) beside `gzip -6` of the
 * same file, which does only the first.
 */
export async function rotationCosts(binary: string, dir: string): Promise<string[][]> {
  const logs = `${dir}/logs`;
  await Deno.mkdir(logs);
  const log = `${logs}/submission.log`;
  fill(log);
  const copy = `${dir}/copy.log`;
  await Deno.copyFile(log, copy);
  const gzip = await costOf("gzip", [GZIP_LEVEL, copy]);
  const packed = (await Deno.stat(`${copy}.gz`)).size;
  const ours = await costOf(binary, ["rotate", "--json"], { cwd: dir, clearEnv: true });
  const [{ compressed_bytes, bytes }] = JSON.parse(ours.stdout).archived;
  await Deno.remove(logs, { recursive: true });
  await Deno.remove(`${copy}.gz`);
  const row = (name: string, cost: Cost, size: number) => [
    name,
    (cost.wallMs / 1000).toFixed(1),
    (cost.cpuMs / 1000).toFixed(1),
    cost.peakMb.toFixed(0),
    (size / 1e6).toFixed(0),
    `${(gzip.wallMs / cost.wallMs).toFixed(2)}×`,
  ];
  return [
    [`a log of ${bytes / 1e9} GB`, "wall s", "cpu s", "peak MB", "archive MB", "speed", "goal"],
    [...row(`gzip ${GZIP_LEVEL}`, gzip, packed), "1"],
    [...row("rotate: the same, synced, read back and compared", ours, compressed_bytes), "≥ 0.8×"],
  ];
}

/** Lines as a worker of seven topics writes them; their hashes are what does not compress. */
function fill(path: string): void {
  using file = Deno.openSync(path, { write: true, create: true, mode: 0o640 });
  const encoder = new TextEncoder();
  for (let done = 0, epoch = 0; done < BYTES;) {
    const lines = Array.from({ length: 2000 }, () => linesOf(epoch++));
    const bytes = encoder.encode(lines.join("")).subarray(0, BYTES - done);
    for (let at = 0; at < bytes.length;) at += file.writeSync(bytes.subarray(at));
    done += bytes.length;
  }
}

function linesOf(epoch: number): string {
  const time = new Date(1_714_554_000_000 + epoch * 997).toISOString();
  const topic = epoch % 7 + 1, nonce = String(epoch * 720);
  const hash = [...crypto.getRandomValues(new Uint8Array(32))]
    .map((byte) => byte.toString(16).padStart(2, "0").toUpperCase()).join("");
  const value = String(Math.random() / 50);
  const events = [
    ["window.open", "window open until block", { closes: String(epoch * 720 + 600) }],
    ["prediction.made", "prediction made", {
      value,
      low: -Math.random() / 30,
      model: "ridge-1a2b",
    }],
    ["submission.confirmed", "submission successful", { tx_hash: hash, fee_uallo: "2345678" }],
  ] as const;
  return events.map(([event, message, fields]) =>
    `${JSON.stringify({ time, level: "info", event, message, topic, nonce, ...fields })}\n`
  ).join("");
}
