import { assert, assertEquals, assertMatch } from "@std/assert";
import { followChain, type OpenedWindow } from "../../src/chain/subscription.ts";
import { startDevnet } from "../../src/devnet/start.ts";
import { messageOf, PipelineError } from "../../src/errors.ts";
import { type Host, realHost } from "../../src/host/host.ts";

/** A minute of the program lasts half a second. */
const SPEED = 120;
const fast: Host = {
  ...realHost,
  nowMs: () => performance.now() * SPEED,
  sleep: (ms, signal) => realHost.sleep(ms / SPEED, signal),
};

interface Heard {
  readonly blocks: bigint[];
  readonly windows: OpenedWindow[];
  /** Why it ended; undefined: the signal was aborted. */
  readonly reason: string | undefined;
}

/** Follows `url` until it fails or `until` says that enough was heard. */
async function hear(
  url: string,
  options: { until?: (heard: Omit<Heard, "reason">) => boolean; host?: Host; blockMs?: number } =
    {},
): Promise<Heard> {
  const { until = () => false, host = realHost, blockMs = 5000 } = options;
  const heard = { blocks: new Array<bigint>(), windows: new Array<OpenedWindow>() };
  const enough = new AbortController();
  const check = () => until(heard) && enough.abort();
  try {
    await followChain(url, {
      ...{ host, blockMs, timeoutMs: 15_000, signal: enough.signal },
      onBlock: (height) => (heard.blocks.push(height), check()),
      onWindow: (window) => (heard.windows.push(window), check()),
    });
  } catch (thrown) {
    assert(thrown instanceof PipelineError && thrown.kind === "unavailable", messageOf(thrown));
    return { ...heard, reason: thrown.message };
  }
  return { ...heard, reason: undefined };
}

/** A node whose websocket is answered by `talk`. */
function node(talk: (socket: WebSocket) => void): AsyncDisposable & { readonly url: string } {
  const closed: Promise<unknown>[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    const { socket, response } = Deno.upgradeWebSocket(request);
    closed.push(new Promise((resolve) => socket.addEventListener("close", resolve)));
    talk(socket);
    return response;
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    async [Symbol.asyncDispose]() {
      await Promise.all(closed);
      await server.shutdown();
    },
  };
}

const block = (height: number) =>
  JSON.stringify({
    jsonrpc: "2.0",
    id: 1,
    result: {
      query: "tm.event='NewBlock'",
      data: {
        type: "tendermint/event/NewBlock",
        value: { block: { header: { height: String(height) } } },
      },
    },
  });

for (const generation of [9, 10] as const) {
  Deno.test(`every block and every opened window of emissions v${generation} is heard`, async () => {
    await using devnet = await startDevnet({ generation, speed: 6000 });
    const { blocks, windows, reason } = await hear(devnet.rpcUrl, {
      until: ({ windows, blocks }) => windows.length >= 8 && blocks.length > 720,
    });
    assertEquals(reason, undefined);
    blocks.slice(1).forEach((height, place) => assertEquals(height, blocks[place]! + 1n));
    const [first, later] = windows.filter(({ topicId }) => topicId === 1n);
    assertEquals(later!.nonce - first!.nonce, 720n);
    assert(new Set(windows.map(({ topicId }) => topicId)).size >= 4, "of every topic");
  });
}

Deno.test("the recorded node's window event is understood", async () => {
  const recorded = JSON.parse(
    await Deno.readTextFile(
      new URL("../recordings/judge-v10/c_websocket.json", import.meta.url),
    ),
  );
  const messages: { message: unknown }[] = recorded.messages;
  await using recording = node((socket) => {
    socket.onmessage = () => {
      socket.onmessage = null;
      for (const { message } of messages) {
        // The recorder went for refusals, which end a subscription of ours.
        if (!JSON.stringify(message).includes('"error"')) socket.send(JSON.stringify(message));
      }
    };
  });
  const { windows, blocks } = await hear(recording.url, {
    until: ({ windows, blocks }) => windows.length > 0 && blocks.length > 0,
  });
  assertEquals(windows[0]?.topicId, 1n);
  assert(windows[0]!.nonce >= 246n && blocks[0] === 246n);
});

Deno.test("a chain that is upgraded is heard on over the same socket, by five subscriptions at most", async () => {
  const asked: string[] = [];
  await using upgraded = node((socket) => {
    socket.onmessage = ({ data }) => {
      if (asked.push(JSON.parse(data).params.query) > 1) return;
      socket.send(windowOf("emissions.v9", 5));
      socket.send(windowOf("emissions.v10", 6));
    };
  });
  const { windows } = await hear(upgraded.url, { until: ({ windows }) => windows.length === 2 });
  assertEquals(windows, [{ topicId: 7n, nonce: 5n }, { topicId: 7n, nonce: 6n }]);
  assert(asked.length <= 5);
  for (const generation of ["v9", "v10"]) {
    assert(asked.some((query) => query.includes(`emissions.${generation}.`)), asked.join("\n"));
  }
});

function windowOf(module: string, nonce: number): string {
  const attributes = [
    { key: "mode", value: "EndBlock" },
    { key: "nonce_block_height", value: `"${nonce}"` },
    { key: "topic_id", value: '"7"' },
    { key: "window_end_block", value: `"${nonce + 9}"` },
  ];
  const events = [
    { type: "transfer", attributes: [] },
    { type: `${module}.EventWorkerSubmissionWindowOpened`, attributes },
  ];
  const data = {
    type: "tendermint/event/NewBlockEvents",
    value: { height: String(nonce), events },
  };
  return JSON.stringify({ jsonrpc: "2.0", id: 2, result: { data } });
}

Deno.test("a node that acknowledges and then says nothing is taken for deaf after several block times", async () => {
  await using devnet = await startDevnet({ manual: true, faults: "deaf" });
  const ofUsual = await hear(devnet.rpcUrl, { host: fast });
  assertMatch(
    ofUsual.reason!,
    /^Cannot hear http:\/\/127\.0\.0\.1:\d+: it gave no block for 30 s$/,
  );
  const ofQuick = await hear(devnet.rpcUrl, { host: fast, blockMs: 1000 });
  assertMatch(ofQuick.reason!, /it gave no block for 20 s$/);
});

Deno.test("a chain with slow blocks is not torn down between them", async () => {
  await using slow = node((socket) => {
    let id = 0;
    let height = 0;
    socket.onmessage = () => socket.send(JSON.stringify({ jsonrpc: "2.0", id: ++id, result: {} }));
    // A block in 60 s of the program's time.
    const timer = setInterval(() => socket.send(block(++height)), 60_000 / SPEED);
    socket.onclose = () => clearInterval(timer);
  });
  const until = ({ blocks }: { blocks: bigint[] }) => blocks.length === 4;
  assertEquals((await hear(slow.url, { host: fast, blockMs: 20_000, until })).reason, undefined);
});

Deno.test("garbage, a refused subscription, a close and an absent server end it with their reason", async () => {
  const cases: [RegExp, (socket: WebSocket) => void][] = [
    [/it sent "<html>/, (socket) => socket.onopen = () => socket.send("<html>502</html>")],
    [/it sent what is no text/, (socket) => socket.onopen = () => socket.send(new Uint8Array(3))],
    [/a message\.result is missing/, (socket) => socket.onopen = () => socket.send('{"id":1}')],
    [
      /a window event has topic_id "\\"x\\""/,
      (socket) =>
        socket.onopen = () =>
          socket.send(
            block(1).replace("NewBlock", "NewBlockEvents").replace("/NewBlock", "/NewBlockEvents")
              .replace(
                '"block":{"header":{"height":"1"}}',
                '"events":[{"type":"emissions.v10.EventWorkerSubmissionWindowOpened",' +
                  '"attributes":[{"key":"topic_id","value":"\\"x\\""}]}]',
              ),
          ),
    ],
    [/it closed, 1000 enough/, (socket) => socket.onopen = () => socket.close(1000, "enough")],
    [
      /it refuses: max_subscriptions_per_client 5 reached/,
      (socket) =>
        socket.onmessage = () =>
          socket.send(JSON.stringify({
            id: 1,
            error: {
              code: -32603,
              message: "Internal error",
              data: "max_subscriptions_per_client 5 reached",
            },
          })),
    ],
  ];
  for (const [reason, talk] of cases) {
    await using bad = node(talk);
    assertMatch((await hear(bad.url)).reason!, reason);
  }
  assertMatch((await hear("http://127.0.0.1:1")).reason!, /127\.0\.0\.1:1: /);
});

Deno.test("a server that takes the connection and never answers is given up in time", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const taken = listener.accept();
  const { reason } = await hear(`http://127.0.0.1:${listener.addr.port}`, { host: fast });
  assertMatch(reason!, /its subscriptions did not come within 15000 ms/);
  (await taken).close();
});

Deno.test("the websocket is beside the endpoint, whatever path and key the endpoint has", async () => {
  const asked: string[] = [];
  const host: Host = {
    ...realHost,
    openSocket: (url) => (asked.push(url), new WebSocket("ws://127.0.0.1:1")),
  };
  for (
    const url of [
      "https://node.example",
      "http://node.example:26657/",
      "https://node.example/rpc?key=abc",
    ]
  ) {
    assertEquals((await hear(url, { host })).reason?.includes("abc"), false);
  }
  assertEquals(asked, [
    "wss://node.example/websocket",
    "ws://node.example:26657/websocket",
    "wss://node.example/rpc/websocket?key=abc",
  ]);
});
