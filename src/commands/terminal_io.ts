import { type Host, realHost } from "../host/host.ts";
import { type Journal, openJournal } from "../host/journal.ts";
import { wantsColour } from "../host/terminal.ts";

/** The process as a command sees it: what it may read, and where it prints. */
export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly host: Host;
  out(text: string): void;
  /** Prints bytes as they are; false once nobody reads them any more. */
  outBytes(bytes: Uint8Array): boolean;
  err(text: string): void;
  /** Where stderr goes to systemd's journal. */
  readonly journal: Journal | undefined;
  /** Whether a person watches stdout, so that a line may be drawn over. */
  readonly isInteractive: boolean;
  readonly outColour: boolean;
  readonly errColour: boolean;
  /** Aborted by SIGINT or SIGTERM, once somebody asked for it; the second of them ends the process. */
  stopSignal(): AbortSignal;
  /** Calls `listener` at every SIGHUP from now on, which then does not end the process. */
  onHangup(listener: () => void): void;
}

/** The real process. */
export function processTerminal(): Terminal {
  const env = Deno.env.toObject();
  const json = Deno.args.includes("--json");
  const [out, err] = [Deno.stdout.isTerminal(), Deno.stderr.isTerminal()];
  return {
    env,
    cwd: Deno.cwd(),
    host: realHost,
    out: (text) => write(Deno.stdout, text),
    outBytes: (bytes) => writeBytes(Deno.stdout, bytes),
    err: (text) => write(Deno.stderr, text),
    journal: openJournal(env),
    isInteractive: out && !json,
    outColour: wantsColour({ isTerminal: out, json, env }),
    errColour: wantsColour({ isTerminal: err, json: false, env }),
    stopSignal,
    onHangup: (listener) => Deno.addSignalListener("SIGHUP", listener),
  };
}

interface Sink {
  writeSync(bytes: Uint8Array): number;
}

function write(stream: Sink, text: string): void {
  writeBytes(stream, new TextEncoder().encode(text));
}

function writeBytes(stream: Sink, bytes: Uint8Array): boolean {
  try {
    for (let done = 0; done < bytes.length;) done += stream.writeSync(bytes.subarray(done));
    return true;
  } catch (thrown) {
    // Whoever read the pipe has gone (`| head`): that ends the reading, not the work.
    if (!(thrown instanceof Deno.errors.BrokenPipe)) throw thrown;
    return false;
  }
}

function stopSignal(): AbortSignal {
  const stopping = new AbortController();
  for (const [signal, number] of [["SIGINT", 2], ["SIGTERM", 15]] as const) {
    Deno.addSignalListener(signal, () => {
      // As a shell reports a process that the signal has killed.
      if (stopping.signal.aborted) Deno.exit(128 + number);
      stopping.abort(new Error(`stopped by ${signal}`));
    });
  }
  return stopping.signal;
}
