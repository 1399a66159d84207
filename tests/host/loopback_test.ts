import { assertEquals } from "@std/assert";
import { serveLoopback } from "../../src/host/loopback.ts";

Deno.test("a client that sends half a request does not hold up the end of the server", async () => {
  const server = serveLoopback("127.0.0.1:0", () => new Response("whole"));
  const [hostname, port] = server.address.split(":");
  using client = await Deno.connect({ hostname: hostname!, port: Number(port) });
  await client.write(new TextEncoder().encode("GET / HTTP/1.1\r\nHost: "));
  assertEquals(await (await fetch(server.url)).text(), "whole");
  await server[Symbol.asyncDispose]();
  await using next = serveLoopback(server.address, () => new Response("next"));
  assertEquals(await (await fetch(next.url)).text(), "next");
});
