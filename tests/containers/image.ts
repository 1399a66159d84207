import type { Ended } from "../commands/run_main.ts";
import { binary } from "../systemd/machine.ts";

const root = new URL("../..", import.meta.url).pathname;
const here = new URL(".", import.meta.url).pathname;

/** What the image says of itself, as an engine reads it. */
export interface ImageConfig {
  readonly User: string;
  readonly Env: readonly string[];
  readonly Entrypoint: readonly string[];
  readonly Cmd: readonly string[];
  readonly Volumes: Readonly<Record<string, unknown>>;
  /** Times in nanoseconds. */
  readonly Healthcheck: { readonly Test: readonly string[] } & Readonly<Record<string, unknown>>;
}

export interface Image extends AsyncDisposable {
  readonly config: ImageConfig;
  /** Bytes of the files in it. */
  readonly size: number;
  /** Runs it as buildah does, with this machine's network. */
  run(...args: string[]): Promise<Ended>;
  /** Starts it with directories in the place of its volumes; without arguments, what CMD says. */
  start(volumes: readonly string[], args?: readonly string[]): Container;
}

/** A container that runs. */
export interface Container {
  readonly ended: Promise<Ended>;
  /** SIGTERM to its first process, as an engine sends it. */
  stop(): Promise<Ended>;
}

/** Builds the Dockerfile on a base made of this machine's own files, or says why it cannot be done here. */
export async function buildImage(): Promise<Image | string> {
  if (Deno.uid() !== 0) return "it needs root";
  const dir = await Deno.makeTempDir({ prefix: "allora-image-" });
  const buildah = (args: readonly string[], cwd = root) =>
    run(
      ["buildah", "--storage-driver", "vfs", "--root", `${dir}/root`, "--runroot", `${dir}/run`],
      {
        ...{ args, cwd },
      },
    );
  const build = (tag: string, context: string) =>
    buildah([
      "build",
      "--isolation",
      "chroot",
      "--format",
      "docker",
      "--pull-never",
      "-t",
      tag,
      context,
    ]);
  const clean = async () => {
    await buildah(["umount", "--all"]);
    await Deno.remove(dir, { recursive: true });
  };
  try {
    await buildah(["version"]);
    await run(["unshare", "--mount", "--pid", "--fork", "true"]);
  } catch (thrown) {
    await Deno.remove(dir, { recursive: true });
    return `buildah and namespaces: ${thrown instanceof Error ? thrown.message : thrown}`;
  }
  await run(["bash", `${here}base.sh`, `${dir}/base`, await binary()]);
  await Deno.writeTextFile(`${dir}/base/Dockerfile`, "FROM scratch\nCOPY . /\n");
  await build("debian:bookworm-slim", `${dir}/base`);

  await Deno.mkdir(`${dir}/empty`);
  await Deno.copyFile(`${root}Dockerfile`, `${dir}/empty/Dockerfile`);
  const unbuilt = await build("allora-pipeline", `${dir}/empty`).then(() => "", String);
  if (!unbuilt.includes("is missing: run make build")) throw new Error(unbuilt || "it was built");

  await build("allora-pipeline", root);
  const inspect = ["inspect", "--type", "image", "allora-pipeline"];
  const { Docker: { config } } = JSON.parse((await buildah(inspect)).stdout);
  const from = ["from", "--pull-never", "--name", "it", "allora-pipeline"];
  await buildah(from);
  const files = (await buildah(["mount", "it"])).stdout.trim();
  const { stdout: size } = await run(["du", "-sb", files]);
  return {
    ...{ config, size: parseInt(size) },
    run: (...args) =>
      buildah(["run", "--isolation", "chroot", "it", "--", ...config.Entrypoint, ...args]),
    start: (volumes, args = config.Cmd) =>
      start([
        ...["bash", `${here}container.sh`, files, config.User, ...config.Env],
        ...["--", ...volumes, "--", ...config.Entrypoint, ...args],
      ]),
    [Symbol.asyncDispose]: clean,
  };
}

function start([program = "", ...args]: readonly string[]): Container {
  const child = new Deno.Command(program, {
    ...{ args, stdin: "null", stdout: "piped", stderr: "piped" },
  }).spawn();
  const ended = child.output().then(asText);
  return {
    ended,
    async stop() {
      const children = await Deno.readTextFile(`/proc/${child.pid}/task/${child.pid}/children`);
      Deno.kill(parseInt(children), "SIGTERM");
      return await ended;
    },
  };
}

/** Runs a program to its end. Throws when it fails. */
async function run(
  [program = "", ...before]: readonly string[],
  { args = [], cwd = root }: { readonly args?: readonly string[]; readonly cwd?: string } = {},
): Promise<Ended> {
  const all = [...before, ...args];
  const ended = asText(await new Deno.Command(program, { args: all, cwd, stdin: "null" }).output());
  if (ended.code === 0) return ended;
  throw new Error(
    `${program} ${args.join(" ")}: exit ${ended.code}: ${ended.stdout}${ended.stderr}`,
  );
}

function asText({ code, stdout, stderr }: Deno.CommandOutput): Ended {
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}
