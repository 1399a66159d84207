import { assertEquals, assertThrows } from "@std/assert";
import {
  bool,
  bytes,
  decimal,
  decode,
  encode,
  int64,
  many,
  string,
  sub,
  table,
  uint32,
  uint64,
} from "../../src/chain/wire.ts";
import { PipelineError } from "../../src/errors.ts";

const Inner = table("test.Inner", { label: string(1), value: decimal(2) });
const Outer = table("test.Outer", {
  id: uint64(1),
  height: int64(2),
  name: string(3),
  blob: bytes(4),
  yes: bool(5),
  kind: uint32(6),
  one: sub(7, Inner),
  several: many(sub(8, Inner)),
  names: many(string(9)),
});

const FULL = {
  id: 2n ** 64n - 1n,
  height: -5n,
  name: "ä",
  blob: new Uint8Array([0, 255]),
  yes: true,
  kind: 2,
  one: { label: "a", value: "1" },
  several: [{ label: "b", value: "" }, { label: "", value: "2" }],
  names: ["x", ""],
};

Deno.test("decode() gives back what encode() wrote, whatever the field", () => {
  assertEquals(decode(Outer, encode(Outer, FULL)), FULL);
});

Deno.test("encode() leaves empty fields out, and writes a decimal even when empty", () => {
  const empty = { id: 0n, height: 0n, name: "", blob: new Uint8Array(), yes: false, kind: 0 };
  assertEquals(encode(Outer, empty).toHex(), "");
  assertEquals(encode(Inner, { label: "", value: "" }).toHex(), "1200");
  assertEquals(encode(Inner, {}).toHex(), "");
});

Deno.test("encode() writes fields ascending, as the chain marshals them", () => {
  const shuffled = table("test.Shuffled", { b: uint64(2), a: uint64(1) });
  assertEquals(encode(shuffled, { b: 2n, a: 1n }).toHex(), "08011002");
});

Deno.test("decode() gives every field of the table, present or not", () => {
  assertEquals(decode(Outer, new Uint8Array()), {
    id: 0n,
    height: 0n,
    name: "",
    blob: new Uint8Array(),
    yes: false,
    kind: 0,
    one: undefined,
    several: [],
    names: [],
  });
});

Deno.test("decode() skips fields that it does not know, and encode() writes them back", () => {
  const foreign = Uint8Array.fromHex(
    "0a0161" + "1a0162" + "2005" + "2d01000000" + "310000000000000001",
  );
  const message = decode(Inner, foreign);
  assertEquals(message, { label: "a", value: undefined });
  assertEquals(encode(Inner, message), foreign);
});

Deno.test("decode() refuses malformed bytes as unavailable, naming the message", () => {
  const malformed: [string, string][] = [
    ["ff", "a tag that does not end"],
    ["0a05616263", "a text shorter than its length"],
    ["0affffffff0f", "a length beyond the end"],
    ["08", "a missing varint"],
    ["00", "field number 0"],
    ["0801", "a varint where a text is due"],
    ["0a02fffe", "text that is no UTF-8"],
    ["08ffffffffffffffffffffff", "an endless varint"],
  ];
  for (const [hex, what] of malformed) {
    const error = assertThrows(
      () => decode(Inner, Uint8Array.fromHex(hex)),
      PipelineError,
      "Cannot read a test.Inner of",
      what,
    );
    assertEquals(error.kind, "unavailable");
  }
  assertThrows(() => decode(Outer, Uint8Array.fromHex("3a03080108")), PipelineError, "test.Inner");
});

Deno.test("decode() meets 2000 random buffers with a message or one kind of error", () => {
  let seed = 1;
  const next = () => (seed = (seed * 48271) % 0x7fffffff) & 0xff;
  for (let i = 0; i < 2000; i++) {
    const data = Uint8Array.from({ length: next() % 40 }, next);
    try {
      decode(Outer, data);
    } catch (thrown) {
      assertEquals(thrown instanceof PipelineError && thrown.kind, "unavailable");
    }
  }
});
