import { table } from "../../src/host/terminal.ts";
import { type Practice, practise } from "./practice.ts";

/** Devnet seconds to one of the wall clock: a visit of the five-minute timer is due every half second. */
const SPEED = 600;
const SLOT_MS = 5 * 60_000 / SPEED;
const SLOTS = 288;
const HOURS = 24;

type Job = "submit" | "rotate" | "health";

/** What the brief's pipeline used, in the units of the rows. */
const BRIEF = { cpuMsPerHour: 580, submission: [5000, 10_000], logDay: 100_000, gzipDay: 10_000 };

/**
 * One simulated day on the shipped timers: submit every five minutes, rotate at :05 and health at :10, each
 * a process of its own. Real visits ask the chain every half hour even when the ledger says that
 * nothing is due; half an hour of the wall clock never passes here.
 */
export async function benchDay(binary: string, dir: string): Promise<void> {
  console.log("one simulated day ...");
  await using practice = await practise(binary, `${dir}/day`, { speed: SPEED, logLevel: "info" });
  // Registration, and the pace of the blocks, are of the first day only.
  await practice.submitOnce();
  await practice.visitUntilQuiet();
  const before = { ...sizesOf(`${dir}/day`), submissions: await submissionsOf(practice) };
  const cpuMs = await liveADay(practice);
  const after = { ...sizesOf(`${dir}/day`), submissions: await submissionsOf(practice) };
  const grown = (of: keyof typeof before) => after[of] - before[of];
  print(cpuMs, grown);
}

async function liveADay(practice: Practice): Promise<Record<Job, number>> {
  const cpuMs = { submit: 0, rotate: 0, health: 0 };
  const startMs = performance.now();
  for (let slot = 0; slot < SLOTS; slot++) {
    const waitMs = startMs + slot * SLOT_MS - performance.now();
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    const jobs: Job[] = ["submit"];
    if (slot % 12 === 1) jobs.push("rotate");
    if (slot % 12 === 2) jobs.push("health");
    for (const job of jobs) {
      // The plugins' codes: that the devnet lives in another time may be worth a warning.
      const good = job === "health" ? [0, 1, 2, 3] : [0];
      cpuMs[job] += (await practice.run([job], { good })).cpuMs;
    }
  }
  return cpuMs;
}

async function submissionsOf({ run }: Practice): Promise<number> {
  const { epochs }: { epochs: { state: string | null }[] } = JSON.parse(
    (await run(["history", "--json"])).stdout,
  );
  return epochs.filter(({ state }) => state === "confirmed").length;
}

/** Bytes: of the ledger, of all that was logged, of that as it lies compressed, and of everything. */
function sizesOf(dir: string) {
  const sizes = { ledger: 0, logged: 0, compressed: 0, disk: 0 };
  for (const folder of ["data", "logs"]) {
    for (const { name, isFile } of Deno.readDirSync(`${dir}/${folder}`)) {
      if (!isFile) continue;
      const path = `${dir}/${folder}/${name}`;
      const { size } = Deno.statSync(path);
      sizes.disk += size;
      if (name.startsWith("ledger.db")) sizes.ledger += size;
      if (/^submission_.*\.gz$/.test(name)) {
        sizes.logged += lengthOf(path);
        sizes.compressed += size;
      } else if (name === "submission.log") sizes.logged += size;
    }
  }
  return sizes;
}

/** Of what a gzip file holds, from its last four bytes (RFC 1952). */
function lengthOf(path: string): number {
  const bytes = Deno.readFileSync(path);
  return new DataView(bytes.buffer).getUint32(bytes.length - 4, true);
}

function print(
  cpuMs: Record<Job, number>,
  grown: (of: "submissions" | keyof ReturnType<typeof sizesOf>) => number,
): void {
  const submissions = grown("submissions");
  const perHour = (job: Job) => cpuMs[job] / HOURS;
  const cpu = perHour("submit") + perHour("rotate") + perHour("health");
  const perSubmission = (grown("logged") + grown("ledger")) / submissions;
  const kb = (bytes: number) => `${(bytes / 1000).toFixed(1)} KB`;
  const beside = (own: number, brief: number) => {
    const ratio = own / brief;
    return ratio <= 1 ? `${(1 / ratio).toFixed(1)}× lower` : `${ratio.toFixed(1)}× HIGHER`;
  };
  const { cpuMsPerHour, submission: [least = 0, most = 0], logDay, gzipDay } = BRIEF;
  const rows = [
    [`a day on the timers, ${submissions} submissions`, "ours", "brief", ""],
    ["cpu an hour: 12 visits of submit", `${perHour("submit").toFixed(0)} ms`, "", ""],
    ["cpu an hour: health", `${perHour("health").toFixed(0)} ms`, "", ""],
    ["cpu an hour: rotate", `${perHour("rotate").toFixed(0)} ms`, "", ""],
    [
      ...["cpu an hour, all of it", `${cpu.toFixed(0)} ms`, `${cpuMsPerHour} ms`],
      beside(cpu, cpuMsPerHour),
    ],
    ["a submission: log", kb(grown("logged") / submissions), "", ""],
    ["a submission: ledger", kb(grown("ledger") / submissions), "", ""],
    [
      ...["a submission, both", kb(perSubmission), `${kb(least)} to ${kb(most)}`],
      perSubmission > most
        ? beside(perSubmission, most)
        : perSubmission < least
        ? beside(perSubmission, least)
        : "within",
    ],
    ["log a day, raw", kb(grown("logged")), kb(logDay), beside(grown("logged"), logDay)],
    [
      ...["log a day, rotated", kb(grown("compressed")), kb(gzipDay)],
      beside(grown("compressed"), gzipDay),
    ],
    ["disk a day, candles included", kb(grown("disk")), "", ""],
  ];
  console.log(`${table(rows, { align: ["left", "right", "right"] })}\n`);
}
