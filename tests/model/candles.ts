import type { Series } from "../../src/model/series.ts";

const HOUR_MS = 3_600_000;

/** The recorded hourly BTC/USD candles on a regular grid, gaps filled and flagged. */
export async function recordedCandles(): Promise<Series> {
  const file = new URL("../data/btcusd_1h_2017_2024.csv.gz", import.meta.url);
  const text = await new Response(
    new Blob([await Deno.readFile(file)]).stream().pipeThrough(new DecompressionStream("gzip")),
  ).text();
  const rows = text.trim().split("\n").slice(1).map((line) => {
    const [time, ...numbers] = line.split(",");
    return { ms: Date.parse(time!), numbers: numbers.map(Number) };
  });
  const startMs = rows[0]!.ms;
  const length = (rows[rows.length - 1]!.ms - startMs) / HOUR_MS + 1;
  const [open, high, low, close, volume] = Array.from(
    { length: 5 },
    () => new Float64Array(length),
  );
  const real = new Uint8Array(length);
  for (const { ms, numbers } of rows) {
    const i = (ms - startMs) / HOUR_MS;
    real[i] = 1;
    [open, high, low, close, volume].forEach((column, k) => column![i] = numbers[k]!);
  }
  for (let i = 1; i < length; i++) {
    if (real[i] === 0) {
      for (const column of [open, high, low, close]) column![i] = close![i - 1]!;
    }
  }
  return {
    startMs,
    intervalMs: HOUR_MS,
    open: open!,
    high: high!,
    low: low!,
    close: close!,
    volume: volume!,
    real,
  };
}
