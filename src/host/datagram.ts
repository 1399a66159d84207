import { join } from "node:path";

/**
 * A socket to send datagrams from. Deno sends only from one of its own that has a path; once it is
 * bound the path may go.
 */
export function openDatagram(): Deno.DatagramConn {
  const dir = Deno.makeTempDirSync({ prefix: "allora-socket-" });
  try {
    return Deno.listenDatagram({ transport: "unixpacket", path: join(dir, "socket") });
  } finally {
    Deno.removeSync(dir, { recursive: true });
  }
}
