import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { RpcClient } from "../../src/chain/rpc.ts";
import { PipelineError } from "../../src/errors.ts";
import { host, patience, RpcError, serve, serveRaw, status, type TestNode } from "./node.ts";
import { GENERATIONS, recording, recordings } from "./recordings.ts";

const HASH = "11".repeat(32);

/** Bodies that a broken node or a proxy sends, and what the error must say of them. */
const HOSTILE: readonly (readonly [string, () => Response, RegExp])[] = [
  [
    "an HTML page with 200",
    () => new Response("<html>hello</html>"),
    /HTTP 200 to status with "<html>/,
  ],
  [
    "502 from a proxy",
    () => new Response("Bad Gateway", { status: 502 }),
    /HTTP 502 .*Bad Gateway/,
  ],
  ["429", () => new Response("slow down", { status: 429 }), /HTTP 429/],
  ["an empty body", () => new Response(""), /HTTP 200 to status with ""/],
  ["truncated JSON", () => new Response('{"jsonrpc":"2.0","result":{"no'), /HTTP 200/],
  ["JSON that is no object", () => Response.json([1, 2]), /HTTP 200/],
  ["an object without result", () => Response.json({ hello: 1 }), /HTTP 200/],
  [
    "null for a result",
    () => Response.json({ result: null }),
    /result is null, expected an object/,
  ],
  [
    "a text for a result",
    () => Response.json({ result: "ok" }),
    /result is "ok", expected an object/,
  ],
  [
    "a list for a result",
    () => Response.json({ result: [] }),
    /result is \[\], expected an object/,
  ],
  [
    "an empty result",
    () => Response.json({ result: {} }),
    /sync_info is missing|node_info is missing/,
  ],
  [
    "a height that is a number",
    () => Response.json({ result: { ...status(), sync_info: { latest_block_height: 5 } } }),
    /latest_block_height is 5, expected a number in quotes/,
  ],
  [
    "a height that is no number",
    () => Response.json({ result: status({ height: "1e3" }) }),
    /latest_block_height is "1e3"/,
  ],
  [
    "an endless height",
    () => Response.json({ result: status({ height: "9".repeat(1000) }) }),
    /expected a number in quotes/,
  ],
  [
    "an error of a wrong shape",
    () => Response.json({ error: "no" }),
    /error is "no", expected an object/,
  ],
  ["an error without a code", () => Response.json({ error: { message: "no" } }), /code is missing/],
  [
    "inherited names",
    () => new Response('{"result":{"node_info":{"__proto__":{"network":"x"}},"sync_info":{}}}'),
    /is missing/,
  ],
];

for (const [what, respond, expected] of HOSTILE) {
  Deno.test(`status() answers ${what} with "unavailable", naming the endpoint`, async () => {
    await using node = serveRaw(respond);
    const error = await assertRejects(
      () => new RpcClient(node.url, patience).status(),
      PipelineError,
    );
    assertEquals(error.kind, "unavailable");
    assert(error.message.startsWith(`Cannot use ${node.url}: `), error.message);
    assert(expected.test(error.message), error.message);
    assert(!error.message.includes("\n"));
  });
}

Deno.test("status() gives up on a node that never answers", async () => {
  const { promise, resolve } = Promise.withResolvers<Response>();
  await using node = serveRaw(() => promise);
  const rpc = new RpcClient(node.url, { host, timeoutMs: 60 });
  await assertRejects(() => rpc.status(), PipelineError, "no answer to status within 60 ms");
  resolve(new Response("late"));
});

Deno.test("status() gives up on a body that stops half-way", async () => {
  let timer = 0;
  await using node = serveRaw(() =>
    new Response(
      new ReadableStream({
        start(body) {
          body.enqueue(new TextEncoder().encode('{"result":'));
          timer = setTimeout(() => body.close(), 300);
        },
        cancel: () => clearTimeout(timer),
      }),
    )
  );
  const rpc = new RpcClient(node.url, { host, timeoutMs: 60 });
  await assertRejects(() => rpc.status(), PipelineError, "within 60 ms");
});

Deno.test("status() refuses an answer longer than 16 MiB without keeping it", async () => {
  const chunk = new Uint8Array(1 << 20).fill(32);
  await using node = serveRaw(() =>
    new Response(new ReadableStream({ pull: (body) => body.enqueue(chunk) }))
  );
  const rpc = new RpcClient(node.url, { host, timeoutMs: 20_000 });
  await assertRejects(() => rpc.status(), PipelineError, "longer than 16777216 bytes");
});

for (const half of ["", "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{}"]) {
  Deno.test(`status() survives a socket closed after ${half.length} bytes`, async () => {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    // fetch itself dials again when the first socket closes without a word.
    const served = (async () => {
      for await (const socket of listener) {
        await socket.read(new Uint8Array(4096));
        await socket.write(new TextEncoder().encode(half));
        socket.close();
      }
    })();
    const rpc = new RpcClient(`http://127.0.0.1:${listener.addr.port}`, patience);
    const error = await assertRejects(() => rpc.status(), PipelineError, "Cannot use http://127");
    assertEquals(error.kind, "unavailable");
    listener.close();
    await served;
  });
}

Deno.test("status() says so when nothing listens", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const url = `http://127.0.0.1:${listener.addr.port}`;
  listener.close();
  await assertRejects(() => new RpcClient(url, patience).status(), PipelineError, url);
});

Deno.test("a call ends with the caller's own reason when the caller gives up", async () => {
  const { promise, resolve } = Promise.withResolvers<Response>();
  const stop = new AbortController();
  await using node = serveRaw(() => {
    stop.abort(new Error("shutting down"));
    return promise;
  });
  const rpc = new RpcClient(node.url, { ...patience, signal: stop.signal });
  await assertRejects(() => rpc.status(), Error, "shutting down");
  resolve(new Response());
});

Deno.test("RpcClient refuses what is no http address, and keeps keys out of its messages", async () => {
  for (const url of ["", "rpc.example", "ftp://rpc.example", "file:///etc/passwd"]) {
    const error = assertThrows(() => new RpcClient(url, patience), PipelineError, "not an http(s)");
    assertEquals(error.kind, "config");
  }
  await using node = serveRaw(() => new Response("no", { status: 403 }));
  const url = `${node.url.replace("//", "//user:secret@")}/v1/KEY?token=KEY`;
  const error = await assertRejects(() => new RpcClient(url, patience).status(), PipelineError);
  assertEquals(/secret|KEY/.test(error.message), false);
});

for (const [folder] of GENERATIONS) {
  Deno.test(`the recorded status, errors and transactions of ${folder} are read`, async () => {
    const all = recordings(folder);
    const txs = new Map<string, unknown>();
    for (const [, { request, tx }] of all) {
      if (request !== undefined && tx !== undefined) txs.set(request.tx_hash, tx.result);
    }
    await using node = serve({
      status: () => (recording(folder, "e_rpc_status").jsonrpc_response as Answer).result,
      tx: ({ hash }) => {
        const hex = Uint8Array.fromBase64(String(hash)).toHex().toUpperCase();
        const found = txs.get(hex);
        if (found === undefined) throw new RpcError(`tx (${hex}) not found`);
        return found;
      },
      header: () => {
        throw new RpcError("height 99999999 must be less than or equal to the current height 70");
      },
    });
    const rpc = new RpcClient(node.url, patience);
    const { chainId, catchingUp, timeMs } = await rpc.status();
    assertEquals([chainId, catchingUp, new Date(timeMs).getUTCFullYear()], [
      "allora-devnet-1",
      false,
      2026,
    ]);
    assertEquals(await rpc.tx(HASH), undefined);
    await assertRejects(
      () => rpc.blockTimeMs(99999999n),
      PipelineError,
      "answers error -32603, height",
    );

    let included = 0;
    for (const [name, { request, tx, result }] of all) {
      if (request === undefined || tx === undefined || result === undefined) continue;
      const receipt = await rpc.tx(request.tx_hash.toLowerCase());
      assertEquals(receipt?.code, result.code, name);
      assertEquals(receipt?.codespace, result.codespace, name);
      assertEquals(receipt?.log, result.log, name);
      // The whole offer is taken unless the ante handler itself refused, and by a message that succeeds
      // the data fee (10), the registration fee (200), or what it sends (1).
      const offered = BigInt(request.gas_limit) * 10n;
      const charged = (receipt?.feeUallo ?? 0n) - (result.code === 30 ? 0n : offered);
      assert(
        charged === 0n || result.code === 0 && [1n, 10n, 200n].includes(charged),
        `${name}: ${charged}`,
      );
      assertEquals(receipt?.gasWanted, BigInt(request.gas_limit), name);
      included++;
    }
    assert(included > 20);
  });
}

interface Answer {
  readonly result: unknown;
}

Deno.test("tx() does not take one transaction for another", async () => {
  const other = { hash: "22".repeat(32), height: "5", tx_result: {} };
  await using node: TestNode = serve({ tx: () => other });
  const rpc = new RpcClient(node.url, patience);
  await assertRejects(() => rpc.tx(HASH), PipelineError, "asked for transaction");
});

Deno.test("blockTimeMs() reads the header and checks its height", async () => {
  await using node = serve({
    header: () => ({ header: { height: "5", time: "2026-11-24T07:16:58.973079576Z" } }),
  });
  const rpc = new RpcClient(node.url, patience);
  assertEquals(await rpc.blockTimeMs(5n), Date.UTC(2026, 10, 24, 7, 16, 58, 973));
  await assertRejects(
    () => rpc.blockTimeMs(6n),
    PipelineError,
    "header for height 6 is of height 5",
  );
});
