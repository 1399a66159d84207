/** What the server told: the mail as it came in, or who logged in. */
export interface MailFact {
  readonly auth?: string;
  readonly isKnown?: boolean;
  readonly secure?: boolean;
  readonly to?: readonly string[];
  readonly text?: string;
  readonly port?: number;
}

/** A real mail server on loopback, of a certificate authority of its own. */
export interface MailServer extends AsyncDisposable {
  readonly port: number;
  readonly caFile: string;
  /** The next thing that it tells. */
  next(): Promise<MailFact>;
}

export interface MailServerOptions {
  readonly mode: "starttls" | "tls" | "none";
  readonly user?: string;
  readonly password?: string;
}

const here = new URL(".", import.meta.url).pathname;

/** Why there can be no mail server on this machine; undefined when there can. */
export const missing = await (async () => {
  for (const [program, flag] of [["node", "--version"], ["openssl", "version"]] as const) {
    try {
      await new Deno.Command(program, { args: [flag], stdout: "null", stderr: "null" }).output();
    } catch {
      return `${program} is not installed`;
    }
  }
})();

export async function startMailServer(options: MailServerOptions): Promise<MailServer> {
  const dir = await Deno.makeTempDir({ prefix: "allora-mail-" });
  await linkPackages(`${dir}/node_modules`);
  const [cert, key] = [`${dir}/cert.pem`, `${dir}/key.pem`];
  await new Deno.Command("openssl", {
    args: [
      ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"],
      ...["-keyout", key, "-out", cert, "-days", "2", "-subj", "/CN=localhost"],
      ...["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
      ...["-addext", "basicConstraints=critical,CA:FALSE"],
    ],
    ...{ stdout: "null", stderr: "null" },
  }).output();
  const { mode, user = "", password = "" } = options;
  const child = new Deno.Command("node", {
    // Else the packages would look for each other beside where they really are.
    args: ["--preserve-symlinks", `${here}smtp_server.mjs`, cert, key, mode, user, password],
    ...{ cwd: dir, stdout: "piped", stderr: "inherit" },
  }).spawn();
  const lines = facts(child.stdout);
  const next = async () => (await lines.next()).value ?? {};
  const { port = 0 } = await next();
  return {
    ...{ port, caFile: cert, next },
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await lines.return(undefined);
      await child.status;
      await Deno.remove(dir, { recursive: true });
    },
  };
}

async function* facts(stream: ReadableStream<Uint8Array<ArrayBuffer>>) {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) yield JSON.parse(line) as MailFact;
  }
}

/** The packages where Node looks for them, from Deno's own cache of them. */
async function linkPackages(modules: string): Promise<void> {
  await Deno.mkdir(modules);
  for (const name of ["smtp-server", "nodemailer", "punycode.js"]) {
    await Deno.symlink(await packageDir(name), `${modules}/${name}`);
  }
}

async function packageDir(name: string): Promise<string> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json"],
    stderr: "null",
  }).output();
  const { npmCache } = JSON.parse(new TextDecoder().decode(stdout)) as { npmCache: string };
  for await (const { name: registry } of Deno.readDir(npmCache)) {
    const versions = `${npmCache}/${registry}/${name}`;
    for await (const { name: version, isDirectory } of list(versions)) {
      if (isDirectory) return `${versions}/${version}`;
    }
  }
  throw new Error(`${name} is not in ${npmCache}`);
}

async function* list(path: string) {
  try {
    yield* Deno.readDir(path);
  } catch (thrown) {
    if (!(thrown instanceof Deno.errors.NotFound)) throw thrown;
  }
}
