const root = new URL("../..", import.meta.url).pathname;

export interface Said {
  readonly code: number;
  readonly text: string;
}

/** Runs a command with its stdout and stderr as one text. */
export async function said(
  command: readonly [string, ...string[]],
  cwd: string,
  env: Record<string, string> = {},
): Promise<Said> {
  const [program, ...args] = command;
  const { code, stdout, stderr } = await new Deno.Command(program, {
    ...{ args, cwd, env: { MAKEFLAGS: "", NO_COLOR: "1", ...env } },
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, text: text(stdout) + text(stderr) };
}

/**
 * A copy of the project without its history at `path`, to build in: bin/ of this one is in other tests' hands.
 * Of what the world has fetched it shares what is not left out.
 */
export async function copyOfTree(path: string, leftOut: readonly string[] = []): Promise<void> {
  const tools = [...Deno.readDirSync(`${root}.tools`)].map(({ name }) => name)
    .filter((name) => name !== "world.mk" && !leftOut.includes(name));
  const { code, text } = await said(
    [
      ...["sh", "-euc"] as const,
      `mkdir -p '${path}/.tools'
       { git ls-files -co --exclude-standard; ls .npm-only.* 2>/dev/null || :; } |
         xargs cp -p --parents -t '${path}'
       cp .tools/world.mk '${path}/.tools'
       for name in ${tools.join(" ")}; do ln -s '${root}.tools/'$name '${path}/.tools'; done`,
    ],
    root,
  );
  if (code !== 0) throw new Error(`no copy at ${path}: ${text}`);
}
