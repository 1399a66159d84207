import { openDatagram } from "./datagram.ts";

/** Fields of one entry by their names: capitals, digits and underscores, at most 64. */
export type JournalFields = Readonly<Record<string, string>>;

/**
 * systemd's journal, which this process's stderr goes to. Disposing it delivers what was sent, or has it
 * refused within two seconds.
 */
export interface Journal extends AsyncDisposable {
  /** Hands an entry over, in the order of the calls; `onFailure` is called when it was not taken. */
  send(fields: JournalFields, onFailure: () => void): void;
}

const SOCKET = "/run/systemd/journal/socket";
/** The journal takes an entry in well under a millisecond; one that hangs must not hold up an exit. */
const PATIENCE_MS = 1000;
/** A datagram holds some 200 kB; what is longer than this is whole in submission.log. */
const MAX_CHARACTERS = 4096;

/**
 * The journal, when stderr is a stream to it, spoken to by its native protocol
 * (https://systemd.io/JOURNAL_NATIVE_PROTOCOL): $JOURNAL_STREAM, which is inherited by programs whose
 * output goes elsewhere, names stderr's own device and inode. Undefined otherwise. Opens nothing before
 * the first entry.
 */
export function openJournal(
  env: Readonly<Record<string, string | undefined>>,
  path = SOCKET,
): Journal | undefined {
  if (env["JOURNAL_STREAM"] === undefined || env["JOURNAL_STREAM"] !== identityOfStderr()) {
    return undefined;
  }
  let socket: Deno.DatagramConn | undefined;
  let sent = Promise.resolve();
  let hasEnded = false;
  const deliver = async (fields: JournalFields) => {
    const entry = await encode(fields);
    if (hasEnded) throw new Error("the journal took nothing for too long");
    const from = socket ??= openDatagram();
    // A full queue is not always reported as free again, and a send that waits cannot be called back.
    const { promise: hung, reject } = Promise.withResolvers<never>();
    const patience = setTimeout(() => {
      from.close();
      socket = undefined;
      reject(new Error("the journal takes nothing"));
    }, PATIENCE_MS);
    try {
      await Promise.race([from.send(entry, { transport: "unixpacket", path }), hung]);
    } finally {
      clearTimeout(patience);
    }
  };
  return {
    send(fields, onFailure) {
      sent = sent.then(() => deliver(fields)).catch(onFailure);
    },
    async [Symbol.asyncDispose]() {
      const patience = setTimeout(() => hasEnded = true, PATIENCE_MS);
      await sent;
      clearTimeout(patience);
      socket?.close();
    },
  };
}

function identityOfStderr(): string {
  const { dev, ino } = Deno.statSync("/proc/self/fd/2");
  return `${dev}:${ino}`;
}

/** Every value in the form that may hold any byte: name, newline, length, value, newline. */
function encode(fields: JournalFields): Promise<Uint8Array> {
  const parts = Object.entries(fields).flatMap(([name, value]) => {
    const isLong = value.length > MAX_CHARACTERS;
    const bytes = new TextEncoder().encode(isLong ? `${value.slice(0, MAX_CHARACTERS)}…` : value);
    const length = new DataView(new ArrayBuffer(8));
    length.setBigUint64(0, BigInt(bytes.length), true);
    return [`${name}\n`, length, bytes, "\n"];
  });
  return new Blob(parts).bytes();
}
