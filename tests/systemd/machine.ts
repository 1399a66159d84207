import { realHost } from "../../src/host/host.ts";
import { type Ended, endOf } from "../commands/run_main.ts";

const root = new URL("../..", import.meta.url).pathname;
const ENV = {
  PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  LANG: "C.UTF-8",
  NO_COLOR: "1",
};

/** A machine that runs a systemd of its own, with the network of this one. */
export interface Machine extends AsyncDisposable {
  /** The command that runs one inside. */
  readonly enter: readonly string[];
  /** Runs a command inside, whatever comes of it. */
  try(command: string, stdin?: string): Promise<Ended>;
  /** Runs a shell command inside and returns its stdout. Throws when it fails. */
  run(command: string, stdin?: string): Promise<string>;
  write(path: string, text: string, mode?: string): Promise<void>;
  /** A property of a unit. */
  show(unit: string, property: string): Promise<string>;
  /** Everything that is in the journal, with its fields. */
  journal(match?: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
}

/** Boots the machine, or says why it cannot be done here. */
export async function boot(): Promise<Machine | string> {
  const booting = new Deno.Command("bash", {
    args: [`${root}tests/systemd/boot.sh`, root],
    ...{ stdin: "piped", stdout: "piped", stderr: "piped" },
  }).spawn();
  const output = booting.stdout.getReader();
  const { value } = await output.read();
  const stderr = new Response(booting.stderr).text();
  if (value === undefined) {
    const { code } = await booting.status;
    await booting.stdin.close();
    const why = (await stderr).trim();
    if (code === 77) return why;
    throw new Error(`boot.sh: ${why}`);
  }
  const init = new TextDecoder().decode(value).trim();
  const enter = ["nsenter", "--target", init, "--all", "env", "-i"];
  const tried = (command: string, stdin = "") => sh(enter, command, stdin);
  const run = async (command: string, stdin?: string) => {
    const { code, stdout, stderr } = await tried(command, stdin);
    if (code !== 0) throw new Error(`${command}: exit ${code}: ${stdout}${stderr}`);
    return stdout.trim();
  };
  return {
    enter: [...enter, ...Object.entries(ENV).map(([name, value]) => `${name}=${value}`)],
    try: tried,
    run,
    write: async (path, text, mode = "0644") => {
      await run(`install -D -m ${mode} /dev/stdin ${path}`, text);
    },
    show: (unit, property) => run(`systemctl show -P ${property} '${unit}'`),
    journal: async (match = "") => {
      const lines = await run(`journalctl --sync; journalctl -o json --all ${match}`);
      return lines.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));
    },
    async [Symbol.asyncDispose]() {
      await booting.stdin.close();
      await booting.status;
      await output.cancel();
      await stderr;
    },
  };
}

async function sh(enter: readonly string[], command: string, stdin: string): Promise<Ended> {
  const [program, ...args] = enter;
  const child = new Deno.Command(program!, {
    args: [
      ...args,
      ...Object.entries(ENV).map(([name, value]) => `${name}=${value}`),
      ...["sh", "-c", command],
    ],
    ...{ stdin: "piped", stdout: "piped", stderr: "piped" },
  }).spawn();
  return await endOf(child, stdin);
}

/** Waits until it holds; throws with `what` after `seconds`. */
export async function eventually(
  what: string,
  holds: () => Promise<boolean> | boolean,
  seconds = 30,
): Promise<void> {
  const endMs = Date.now() + seconds * 1000;
  while (!await holds()) {
    if (Date.now() > endMs) throw new Error(`it never came: ${what}`);
    await realHost.sleep(100);
  }
}

/** bin/allora-pipeline, built when it is missing or older than what it is made of. */
export async function binary(): Promise<string> {
  const path = `${root}bin/allora-pipeline`;
  // Test files run beside each other, and two builds in one tree would spoil each other.
  using lock = await Deno.open(`${root}.tools/build.lock`, { create: true, write: true });
  await lock.lock(true);
  const built = await Deno.stat(path).then(({ mtime }) => mtime!.getTime(), () => 0);
  const sources = await Promise.all(
    ["src", "systemd", "Makefile", "deno.json"].map((name) => newest(`${root}${name}`)),
  );
  if (built < Math.max(...sources)) {
    const { success, stderr } = await new Deno.Command("make", {
      ...{ args: ["build"], cwd: root, env: { MAKEFLAGS: "", NO_COLOR: "1" } },
    }).output();
    if (!success) throw new Error(`make build: ${new TextDecoder().decode(stderr)}`);
  }
  return path;
}

/** When the file, or the newest in the directory, was last written. */
async function newest(path: string): Promise<number> {
  const { isDirectory, mtime } = await Deno.lstat(path);
  if (!isDirectory) return mtime!.getTime();
  const within = [...Deno.readDirSync(path)].map(({ name }) => newest(`${path}/${name}`));
  return Math.max(0, ...await Promise.all(within));
}
