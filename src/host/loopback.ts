import { messageOf, PipelineError } from "../errors.ts";

const PATIENCE_MS = 1000;

/** Disposing ends it when the answers that are under way are sent, and waits a second at most. */
export interface Loopback extends AsyncDisposable {
  /** As the server really listens: host:port. */
  readonly address: string;
  readonly url: string;
}

/**
 * An HTTP server on "127.0.0.1:PORT" (or localhost, [::1]; port 0 takes a free one). What it serves is
 * for this machine, so any other address is refused: throws "config", also when the port is taken.
 */
export function serveLoopback(
  address: string,
  handler: (request: Request) => Response | Promise<Response>,
): Loopback {
  const [, host, port] = /^(127(?:\.\d{1,3}){3}|localhost|\[::1\]):(\d{1,5})$/.exec(address) ?? [];
  if (host === undefined) {
    throw new PipelineError("config", `Cannot listen on ${address}: it is no loopback address`, {
      hint: "it is for this machine only: write 127.0.0.1:PORT",
    });
  }
  const hostname = host.replace(/^\[|\]$/g, "");
  const server = listen();
  const actual = `${host}:${server.addr.port}`;
  return {
    address: actual,
    url: `http://${actual}`,
    async [Symbol.asyncDispose]() {
      // A client that has sent half a request would be waited for as long as it likes.
      let timer: number | undefined;
      const late = new Promise<void>((resolve) => timer = setTimeout(resolve, PATIENCE_MS));
      await Promise.race([server.shutdown(), late]);
      clearTimeout(timer);
    },
  };

  function listen() {
    try {
      return Deno.serve({ hostname, port: Number(port), onListen: () => {} }, handler);
    } catch (thrown) {
      throw new PipelineError("config", `Cannot listen on ${address}: ${messageOf(thrown)}`, {
        cause: thrown,
        hint: "stop what listens there, or name another port (0 takes a free one)",
      });
    }
  }
}
