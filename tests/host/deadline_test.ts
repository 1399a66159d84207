import { assertEquals, assertMatch } from "@std/assert";
import { messageOf } from "../../src/errors.ts";
import { deadline } from "../../src/host/deadline.ts";

Deno.test("a deadline ends on time, or with its parent and the parent's reason", async () => {
  const parent = new AbortController();
  using soon = deadline(5, parent.signal);
  await new Promise((resolve) => soon.signal.addEventListener("abort", resolve));
  assertMatch(messageOf(soon.signal.reason), /not done within 0.005 s/);
  using late = deadline(60_000, parent.signal);
  parent.abort(new Error("stopped"));
  assertEquals(messageOf(late.signal.reason), "stopped");
  using after = deadline(60_000, parent.signal);
  assertEquals(after.signal.aborted, true);
});

Deno.test("a disposed deadline is not aborted any more", async () => {
  const parent = new AbortController();
  const { signal } = (() => {
    using short = deadline(1, parent.signal);
    return short;
  })();
  parent.abort();
  await new Promise((resolve) => setTimeout(resolve, 5));
  assertEquals(signal.aborted, false);
});
