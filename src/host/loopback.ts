import { messageOf, PipelineError } from "../errors.ts";

/** Disposing ends it when the answers that are under way are sent. */
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
    [Symbol.asyncDispose]: () => server.shutdown(),
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
