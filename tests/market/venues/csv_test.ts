import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { gzipSync } from "node:zlib";
import { PipelineError } from "../../../src/errors.ts";
import { csv, parseCandles } from "../../../src/market/venues/csv.ts";
import { HOUR_MS, refusalOf } from "../fixture.ts";

const HEADER = "timestamp,open,high,low,close,volume";
const ROWS = [
  "2024-01-01T00:00:00Z,100,110,90,105,1.5",
  "2024-01-01T01:00:00Z,105,115,95,110,0",
  "2024-01-01T02:00:00Z,110,120,100,115,2e-3",
];
const FIRST_MS = Date.UTC(2024, 0, 1);
const CANDLES = [
  { openMs: FIRST_MS, open: 100, high: 110, low: 90, close: 105, volume: 1.5 },
  { openMs: FIRST_MS + HOUR_MS, open: 105, high: 115, low: 95, close: 110, volume: 0 },
  { openMs: FIRST_MS + 2 * HOUR_MS, open: 110, high: 120, low: 100, close: 115, volume: 0.002 },
];

const parse = (...lines: readonly string[]) => parseCandles(lines.join("\n"), "a.csv", HOUR_MS);

Deno.test("parseCandles() reads every form of the same three candles", () => {
  const time = (row: string) => row.split(",")[0] ?? "";
  const rest = (row: string) => row.slice(time(row).length);
  const timesAs = (form: (ms: number) => string | number) =>
    ROWS.map((row) => form(Date.parse(time(row))) + rest(row));
  assertEquals(parse(HEADER, ...ROWS), CANDLES);
  assertEquals(parse(HEADER, ...timesAs((ms) => ms)), CANDLES);
  assertEquals(parse(HEADER, ...timesAs((ms) => ms / 1000)), CANDLES);
  assertEquals(
    parse(HEADER, ...ROWS.map((row) => row.replace("T", " ").replace("Z", "+00:00"))),
    CANDLES,
  );
  assertEquals(parse(HEADER, ...ROWS.toReversed()), CANDLES);
  assertEquals(parse(HEADER, ...ROWS.flatMap((row) => [row, row]), "", ""), CANDLES);
  assertEquals(parse(`\uFEFF${HEADER}\r`, ...ROWS.map((row) => `${row}\r`)), CANDLES);
  assertEquals(
    parse(`count,${HEADER.toUpperCase()},x`, ...ROWS.map((row) => `60,${row},?`)),
    CANDLES,
  );
});

Deno.test("parseCandles() names file, line, column and value of every malformed line", () => {
  const [first = "", second = ""] = ROWS;
  const cases: readonly (readonly [lines: readonly string[], text: string])[] = [
    [[""], "a.csv:1: column timestamp is missing"],
    [["timestamp,open,high,low,volume"], "a.csv:1: column close is missing"],
    [["<!DOCTYPE html>"], "a.csv:1: column timestamp is missing"],
    [[HEADER, first, "2024-01-01T01:00:00Z,105"], "a.csv:3: the line has 2 columns, not 6"],
    [[HEADER, `${first},9`], "a.csv:2: the line has 7 columns"],
    [[HEADER, "yesterday,1,1,1,1,1"], `a.csv:2: timestamp is "yesterday"`],
    [[HEADER, "2024-01-01T00:00:00,1,1,1,1,1"], `timestamp is "2024-01-01T00:00:00"`],
    [[HEADER, "2023-02-29T00:00:00Z,1,1,1,1,1"], `timestamp is "2023-02-29T00:00:00Z"`],
    [[HEADER, "2024-01-01T25:00:00Z,1,1,1,1,1"], `timestamp is "2024-01-01T25:00:00Z"`],
    [[HEADER, "2024-01-01T00:30:00Z,1,1,1,1,1"], "a.csv:2 2024-01-01T00:30:00.000Z opens off"],
    [[HEADER, "-5,1,1,1,1,1"], `timestamp is "-5"`],
    [[HEADER, first.replace("105", "NaN")], `a.csv:2: close is "NaN"`],
    [[HEADER, first.replace("105", "Infinity")], `close is "Infinity"`],
    [[HEADER, first.replace("105", "0x69")], `close is "0x69"`],
    [[HEADER, first.replace("105", "1e999")], `close is "1e999"`],
    [[HEADER, first.replace("105", "")], `close is ""`],
    [[HEADER, first.replace("105", `"105"`)], `close is ""105""`],
    [[HEADER, first.replace("105", "0")], "close is 0, not a price"],
    [[HEADER, first.replace("105", "-105")], "close is -105, not a price"],
    [[HEADER, first.replace("105", "111")], "high is 110, below open 100 or close 111"],
    [[HEADER, first.replace("105", "89")], "low is 90, above open 100 or close 89"],
    [[HEADER, first.replace("1.5", "-1")], "volume is -1"],
    [[HEADER, first, first.replace("105", "106")], "a.csv:3: timestamp is 2024-01-01T00:00:00Z"],
    [[HEADER, first, second, first], "out of order"],
  ];
  for (const [lines, text] of cases) {
    const refusal = assertThrows(() => parse(...lines), PipelineError);
    assertStringIncludes(refusal.message, text);
    assertEquals([refusal.kind, refusal.message.includes("\n")], ["invalid", false], text);
  }
});

Deno.test("csv() gives the candles of a plain or gzipped file that ended by then", async () => {
  const directory = await Deno.makeTempDir();
  const text = [HEADER, ...ROWS].join("\n");
  await Deno.writeTextFile(`${directory}/a.csv`, text);
  await Deno.writeFile(`${directory}/a.csv.gz`, gzipSync(text));
  const query = { pair: "BTC/USD", intervalMs: HOUR_MS, fromMs: FIRST_MS, toMs: Infinity };
  for (const name of ["a.csv", "a.csv.gz"]) {
    const venue = csv(`${directory}/${name}`);
    const at = (hours: number) => venue.candles({ ...query, nowMs: FIRST_MS + hours * HOUR_MS });
    assertEquals(await at(9), CANDLES);
    assertEquals(await at(2.9), CANDLES.slice(0, 2));
    assertEquals(await at(3), CANDLES.slice(0, 2), "it counts a minute after it ended");
    assertEquals(
      await venue.candles({
        ...query,
        fromMs: FIRST_MS + HOUR_MS,
        toMs: FIRST_MS + 2 * HOUR_MS,
        nowMs: Infinity,
      }),
      CANDLES.slice(1, 2),
    );
  }
  await Deno.remove(directory, { recursive: true });
});

Deno.test("csv() reads a file again when it has grown", async () => {
  const path = await Deno.makeTempFile();
  const venue = csv(path);
  const query = {
    pair: "BTC/USD",
    intervalMs: HOUR_MS,
    fromMs: 0,
    toMs: Infinity,
    nowMs: Infinity,
  };
  await Deno.writeTextFile(path, [HEADER, ROWS[0]].join("\n"));
  assertEquals((await venue.candles(query)).length, 1);
  await Deno.writeTextFile(path, [HEADER, ...ROWS].join("\n"));
  assertEquals((await venue.candles(query)).length, 3);
  await Deno.remove(path);
});

Deno.test("csv() says what is wrong with a file it cannot read", async () => {
  const directory = await Deno.makeTempDir();
  const whole = gzipSync([HEADER, ...ROWS].join("\n"));
  await Deno.writeFile(`${directory}/cut.csv.gz`, whole.subarray(0, whole.length - 12));
  await Deno.writeTextFile(`${directory}/plain.csv.gz`, HEADER);
  await Deno.writeFile(`${directory}/latin.csv`, Uint8Array.of(0xe9, 0xe8, 0x0a));
  const cases = [["none.csv", "config"], ["", "config"], ["cut.csv.gz", "invalid"], [
    "plain.csv.gz",
    "invalid",
  ], ["latin.csv", "invalid"]];
  for (const [name, kind] of cases) {
    const path = `${directory}/${name}`;
    const query = { pair: "BTC/USD", intervalMs: HOUR_MS, fromMs: 0, toMs: 1, nowMs: 1 };
    const refusal = await refusalOf(() => csv(path).candles(query));
    assertStringIncludes(refusal.message, path);
    assertEquals(refusal.kind, kind, name);
  }
  await Deno.remove(directory, { recursive: true });
});
