import { messageOf } from "../errors.ts";
import { openDatagram } from "./datagram.ts";

/** What started this process and watches over it: systemd, or nobody. */
export interface ServiceManager extends AsyncDisposable {
  /** The process must say that it is alive at least this often, milliseconds; Infinity: nobody asks. */
  readonly pingMs: number;
  /** The service does its work; also ends a reload. */
  ready(): void;
  /** One line for whoever looks at the service. */
  status(text: string): void;
  /** To be called by the work itself: a free timer would vouch for work that hangs. */
  alive(): void;
  /** Settings are being read again; `ready` follows. */
  reloading(): void;
  stopping(): void;
}

/** Nobody watches. */
export const UNWATCHED: ServiceManager = {
  pingMs: Infinity,
  ...{ ready() {}, status() {}, alive() {}, reloading() {}, stopping() {} },
  [Symbol.asyncDispose]: () => Promise.resolve(),
};

/** Pings come at least three times in the time after which the manager gives the process up. */
const PINGS = 3;

/**
 * The service manager that the environment names, as sd_notify(3) speaks to it: datagrams to the socket
 * $NOTIFY_SOCKET, pings when $WATCHDOG_USEC asks for them. Unwatched without a socket, and with one in
 * the abstract namespace, which Deno cannot reach.
 *
 * What cannot be said stops no work: `onFailure` gets the first reason of a row of failures. Disposing
 * it waits until everything has been said.
 */
export function openServiceManager(
  env: Readonly<Record<string, string | undefined>>,
  onFailure: (reason: string) => void,
): ServiceManager {
  const path = env["NOTIFY_SOCKET"];
  if (path === undefined || !path.startsWith("/")) return UNWATCHED;
  let socket: Deno.DatagramConn | undefined;
  let said = Promise.resolve();
  let isFailing = false;
  let lastStatus: string | undefined;
  const send = async (text: string) => {
    try {
      socket ??= openDatagram();
      await socket.send(new TextEncoder().encode(text), { transport: "unixpacket", path });
      isFailing = false;
    } catch (thrown) {
      if (!isFailing) onFailure(`${path}: ${messageOf(thrown)}`);
      isFailing = true;
    }
  };
  const say = (...lines: readonly string[]) => {
    said = said.then(() => send(lines.join("\n")));
  };
  const pingMs = pingMsOf(env);
  return {
    pingMs,
    ready: () => say("READY=1"),
    status(text) {
      if (text !== lastStatus) say(`STATUS=${text.replace(/\s+/g, " ")}`);
      lastStatus = text;
    },
    alive: () => pingMs === Infinity || say("WATCHDOG=1"),
    reloading: () => say("RELOADING=1", `MONOTONIC_USEC=${monotonicUsec()}`),
    stopping: () => say("STOPPING=1"),
    async [Symbol.asyncDispose]() {
      await said;
      socket?.close();
    },
  };
}

/** $WATCHDOG_PID says whom the watchdog means, where more than one process gets the environment. */
function pingMsOf(env: Readonly<Record<string, string | undefined>>): number {
  const { WATCHDOG_USEC: usec = "", WATCHDOG_PID: pid = String(Deno.pid) } = env;
  if (!/^[1-9]\d{0,15}$/.test(usec) || pid !== String(Deno.pid)) return Infinity;
  return Number(usec) / 1000 / PINGS;
}

/**
 * CLOCK_MONOTONIC, which systemd compares with the start of a reload: never less, up to a second more.
 * The kernel rounds this uptime up, and unlike /proc/uptime a sandbox leaves it readable.
 */
function monotonicUsec(): number {
  return Deno.osUptime() * 1_000_000;
}
