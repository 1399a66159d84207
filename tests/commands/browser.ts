/** A page in a real Chromium, over the DevTools protocol. */
export interface Page {
  /** The value of a JavaScript expression; a promise is waited for. */
  evaluate<Value>(expression: string): Promise<Value>;
  /** What the console was told, uncaught errors and refused loads included. */
  readonly complaints: readonly string[];
  send(method: string, params?: Record<string, unknown>): Promise<Record<string, unknown>>;
}

export interface Browser extends AsyncDisposable {
  /** Opens `url` in a window of that many CSS pixels, and waits until it is loaded. */
  open(url: string, size: { readonly width: number; readonly isDark?: boolean }): Promise<Page>;
}

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** The first Chromium on PATH. */
export function chromiumPath(): string | undefined {
  for (const directory of (Deno.env.get("PATH") ?? "").split(":")) {
    for (const name of NAMES) {
      const path = `${directory}/${name}`;
      try {
        if (Deno.statSync(path).isFile) return path;
      } catch {
        // It is not there.
      }
    }
  }
  return undefined;
}

/** Starts a headless Chromium with a profile of its own, gone when disposed. */
export async function startBrowser(path: string): Promise<Browser> {
  const profile = await Deno.makeTempDir({ prefix: "allora-browser-" });
  const program = new Deno.Command(path, {
    args: [
      ...["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
      ...["--remote-debugging-port=0", `--user-data-dir=${profile}`, "about:blank"],
    ],
    ...{ stdin: "null", stdout: "null", stderr: "piped" },
  }).spawn();
  const { address, drained } = await addressOf(program.stderr);
  const socket = new WebSocket(address);
  await new Promise((open) => socket.onopen = open);
  const { send, listen } = protocolOn(socket);
  return {
    async open(url, { width, isDark = false }) {
      const { targetId } = await send("Target.createTarget", { url: "about:blank" });
      const { sessionId } = await send("Target.attachToTarget", { targetId, flatten: true });
      const own = (method: string, params = {}) => send(method, params, String(sessionId));
      const complaints: string[] = [];
      const loaded = Promise.withResolvers<void>();
      listen(String(sessionId), (method, params) => {
        if (method === "Page.loadEventFired") loaded.resolve();
        if (COMPLAINTS.has(method)) complaints.push(JSON.stringify(params));
      });
      for (const domain of ["Page", "Runtime", "Log", "Network"]) await own(`${domain}.enable`);
      const scheme = isDark ? "dark" : "light";
      await own("Emulation.setEmulatedMedia", {
        features: [{ name: "prefers-color-scheme", value: scheme }],
      });
      await own("Emulation.setDeviceMetricsOverride", {
        ...{ width, height: 900, deviceScaleFactor: 1, mobile: width < 600 },
      });
      await own("Page.navigate", { url });
      await loaded.promise;
      return {
        complaints,
        send: own,
        async evaluate<Value>(expression: string) {
          const params = { expression, returnByValue: true, awaitPromise: true };
          const { result, exceptionDetails } = await own("Runtime.evaluate", params);
          if (exceptionDetails) throw new Error(JSON.stringify(exceptionDetails));
          return (result as { value: Value }).value;
        },
      };
    },
    async [Symbol.asyncDispose]() {
      await send("Browser.close");
      await program.status;
      await drained;
      socket.close();
      await Deno.remove(profile, { recursive: true });
    },
  };
}

const COMPLAINTS = new Set([
  "Runtime.exceptionThrown",
  "Runtime.consoleAPICalled",
  "Log.entryAdded",
  "Network.loadingFailed",
]);

/** Where Chromium says on stderr that it listens; the rest is read and forgotten. */
async function addressOf(stderr: ReadableStream<Uint8Array>) {
  const lines = stderr.pipeThrough(new TextDecoderStream());
  const found = Promise.withResolvers<string>();
  let said = "";
  const drained = (async () => {
    for await (const text of lines) {
      said += text;
      const [, address] = /DevTools listening on (ws:\S+)/.exec(said) ?? [];
      if (address !== undefined) found.resolve(address);
    }
    found.reject(new Error(`Chromium ended after saying: ${said}`));
  })();
  return { address: await found.promise, drained };
}

type Answer = Record<string, unknown>;

function protocolOn(socket: WebSocket) {
  const waiting = new Map<number, PromiseWithResolvers<Answer>>();
  const listeners = new Map<string, (method: string, params: Answer) => void>();
  let last = 0;
  socket.onmessage = ({ data }) => {
    const { id, result, error, method, params, sessionId } = JSON.parse(data);
    if (id === undefined) listeners.get(sessionId)?.(method, params);
    else if (error) waiting.get(id)?.reject(new Error(JSON.stringify(error)));
    else waiting.get(id)?.resolve(result);
  };
  return {
    send(method: string, params: Answer = {}, sessionId?: string): Promise<Answer> {
      const answer = Promise.withResolvers<Answer>();
      waiting.set(++last, answer);
      socket.send(JSON.stringify({ id: last, method, params, ...sessionId && { sessionId } }));
      return answer.promise;
    },
    listen: (sessionId: string, listener: (method: string, params: Answer) => void) =>
      void listeners.set(sessionId, listener),
  };
}
