import type { Devnet } from "../../src/devnet/start.ts";

const HOUR_MS = 3_600_000;

/** Coinbase with the devnet's prices times `factor`, of which it has none of the last `missing` hours. */
export function serveCoinbase(devnet: Devnet, factor: number, missing = 0) {
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, (request) => {
    const { searchParams } = new URL(request.url);
    const [fromMs, toMs] = ["start", "end"].map((name) => Date.parse(searchParams.get(name)!));
    const rows = [];
    for (let openMs = fromMs!; openMs <= toMs! - missing * HOUR_MS; openMs += HOUR_MS) {
      const close = devnet.price("BTC/USD", openMs + HOUR_MS)! * factor;
      rows.unshift([openMs / 1000, close, close, close, close, 1]);
    }
    return Response.json(rows);
  });
  const url = `http://127.0.0.1:${server.addr.port}`;
  return { url, [Symbol.asyncDispose]: () => server.shutdown() };
}
