/** What a receiver was sent. */
export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: Headers;
  readonly body: string;
}

/** A real HTTP server on loopback that takes messages, and answers as it is told to. */
export interface Receiver extends AsyncDisposable {
  readonly url: string;
  readonly received: Received[];
  /** What it answers next; 200 when nothing is said. */
  answer: (request: Received) => Response | Promise<Response>;
}

/** The path is the secret of a webhook. */
export const SECRET = "T0SECRET/B0SECRET/s3cr3tT0kenOfTheHook";

export function receive(): Receiver {
  const received: Received[] = [];
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      const { pathname, search } = new URL(request.url);
      const got = {
        ...{ method: request.method, path: pathname + search, headers: request.headers },
        body: await request.text(),
      };
      received.push(got);
      return await receiver.answer(got);
    },
  );
  const receiver: Receiver = {
    url: `http://127.0.0.1:${server.addr.port}/${SECRET}`,
    received,
    answer: () => new Response("ok"),
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
  return receiver;
}

/** The titles of a webhook's notices, in the order in which they came. */
export function titlesOf({ received }: Pick<Receiver, "received">): string[] {
  return received.flatMap(({ body }) =>
    (JSON.parse(body) as { notices: { title: string }[] }).notices.map(({ title }) => title)
  );
}
