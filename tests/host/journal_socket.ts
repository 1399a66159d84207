/** What stands in for the journal's socket, and the entries that came to it. */
export interface JournalSocket extends Disposable {
  readonly path: string;
  /** The value of $JOURNAL_STREAM when stderr of this process is a stream to it. */
  readonly stream: string;
  entry(): Promise<Record<string, string>>;
}

export function journalSocket(dir: string): JournalSocket {
  const path = `${dir}/journal`;
  const socket = Deno.listenDatagram({ transport: "unixpacket", path });
  const { dev, ino } = Deno.statSync("/dev/stderr");
  return {
    path,
    stream: `${dev}:${ino}`,
    entry: async () => decode((await socket.receive(new Uint8Array(262_144)))[0]),
    [Symbol.dispose]: () => socket.close(),
  };
}

/** https://systemd.io/JOURNAL_NATIVE_PROTOCOL, both forms of a field. */
function decode(bytes: Uint8Array): Record<string, string> {
  const fields: Record<string, string> = {};
  const text = (from: number, to: number) => new TextDecoder().decode(bytes.subarray(from, to));
  for (let at = 0; at < bytes.length;) {
    const end = bytes.indexOf(10, at);
    const line = text(at, end);
    const [name, value] = line.split(/=(.*)/);
    at = end + 1;
    if (value !== undefined) {
      fields[name!] = value;
      continue;
    }
    const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(at, true));
    fields[line] = text(at + 8, at + 8 + length);
    at += 8 + length + 1;
  }
  return fields;
}
