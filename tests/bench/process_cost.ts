/** What one run of a program cost. */
export interface Cost {
  readonly wallMs: number;
  /** User and system time of the process and its threads. */
  readonly cpuMs: number;
  readonly peakMb: number;
}

/** Ticks per second of /proc's times: USER_HZ is 100 on every Linux of these architectures. */
const TICK_MS = 10;

export interface CostOptions {
  readonly cwd?: string;
  readonly clearEnv?: boolean;
  /** Exit codes that are no failure. */
  readonly good?: readonly number[];
}

/** Runs a program to its end, which must be exit 0 unless told; its peak memory is watched in /proc. */
export async function costOf(
  program: string,
  args: readonly string[],
  { good = [0], ...options }: CostOptions = {},
): Promise<Cost & { readonly stdout: string }> {
  const cpuBefore = childrenCpuMs();
  const start = performance.now();
  const child = new Deno.Command(program, {
    args: [...args],
    ...options,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const watched = watchPeak(child.pid);
  const { code, stdout, stderr } = await child.output();
  const wallMs = performance.now() - start;
  const peakMb = watched();
  if (!good.includes(code)) {
    throw new Error(`${program} ${args.join(" ")} ended with ${code}: ${text(stderr)}`);
  }
  return { wallMs, cpuMs: childrenCpuMs() - cpuBefore, peakMb, stdout: text(stdout) };
}

/** The median of each part over `runs` runs of each program, taken in turn so that noise hits all alike. */
export async function medians(
  programs: Readonly<Record<string, () => Promise<Cost>>>,
  runs: number,
): Promise<Record<string, Cost>> {
  const costs = new Map<string, Cost[]>();
  for (let run = 0; run <= runs; run++) {
    for (const [name, start] of Object.entries(programs)) {
      const cost = await start();
      // The first run warms the page cache.
      if (run > 0) costs.set(name, [...costs.get(name) ?? [], cost]);
    }
  }
  const middle = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1]!;
  const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  return Object.fromEntries([...costs].map(([name, all]) => [name, {
    wallMs: middle(all.map(({ wallMs }) => wallMs)),
    // A tick is coarse beside a start of 40 ms; its mean is not.
    cpuMs: mean(all.map(({ cpuMs }) => cpuMs)),
    peakMb: middle(all.map(({ peakMb }) => peakMb)),
  }]));
}

/** cutime and cstime of proc(5): the CPU of all children that have been waited for. */
function childrenCpuMs(): number {
  const fields = Deno.readTextFileSync("/proc/self/stat").split(") ")[1]!.split(" ");
  return (Number(fields[13]) + Number(fields[14])) * TICK_MS;
}

function watchPeak(pid: number): () => number {
  let peakKb = 0;
  const look = () => {
    try {
      const status = Deno.readTextFileSync(`/proc/${pid}/status`);
      peakKb = Math.max(peakKb, Number(/VmHWM:\s*(\d+)/.exec(status)?.[1] ?? 0));
    } catch {
      // It has ended.
    }
  };
  const timer = setInterval(look, 2);
  return () => {
    clearInterval(timer);
    return peakKb / 1024;
  };
}

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
