import { table } from "../../host/terminal.ts";
import { type Listed, listLogs } from "../../logs/listing.ts";
import type { Handler } from "../command.ts";
import { settingsOf } from "../open_run.ts";
import { bytesText } from "./shown.ts";

/** Lists the log and its archives. */
export const list: Handler = (invocation, terminal) => {
  const { logDir } = settingsOf(invocation, terminal);
  const listed = listLogs(logDir);
  if (invocation.json) {
    terminal.out(`${JSON.stringify({ dir: logDir, logs: listed.map(jsonOf) })}\n`);
  } else {
    const head = ["file", "rotated (UTC)", "size", "compressed", "ratio"];
    const align = ["left", "left", "right", "right", "right"] as const;
    const rows = table([head, ...listed.map(rowOf)], { align });
    terminal.out(listed.length === 0 ? `nothing logged in ${logDir}\n` : `${logDir}\n${rows}\n`);
  }
  return Promise.resolve(0);
};

function rowOf(entry: Listed): string[] {
  const { name, rotatedMs, bytes, compressedBytes } = entry;
  const ratio = ratioOf(entry);
  return [
    name,
    rotatedMs === undefined ? "" : secondsOf(rotatedMs).replace("T", " ").replace("Z", ""),
    bytes === undefined ? "" : bytesText(bytes),
    compressedBytes === undefined ? "" : bytesText(compressedBytes),
    ratio === null ? "" : `${ratio.toFixed(1)}×`,
  ];
}

function jsonOf(entry: Listed) {
  const { name, rotatedMs, bytes, compressedBytes } = entry;
  return {
    name,
    rotated_at: rotatedMs === undefined ? null : secondsOf(rotatedMs),
    bytes: bytes ?? null,
    compressed_bytes: compressedBytes ?? null,
    ratio: ratioOf(entry),
  };
}

function ratioOf({ bytes, compressedBytes }: Listed): number | null {
  return bytes === undefined || compressedBytes === undefined ? null : bytes / compressedBytes;
}

const secondsOf = (ms: number) => new Date(ms).toISOString().replace(/\.\d+/, "");
