import { assert, assertEquals, assertMatch } from "@std/assert";
import { evaluationPage } from "../../src/commands/evaluation_html.ts";
import { evaluate } from "../../src/model/evaluate.ts";
import type { TargetKind } from "../../src/model/spec.ts";
import { topicOfFlags } from "../../src/settings.ts";
import { HOUR_MS, madeUpCandles } from "../model/synthetic.ts";
import { chromiumPath, startBrowser } from "./browser.ts";
import { runMain } from "./run_main.ts";

const series = madeUpCandles(2600, 31);
function judged(target: TargetKind) {
  const flags = { pair: "BTC/USD", target, horizon: "24h" };
  const topic = topicOfFlags({ flags, env: {}, cwd: Deno.cwd() });
  const evaluation = evaluate(series, { target, horizonMs: 24 * HOUR_MS, learner: "auto" });
  return { topic, evaluation };
}
const made = { madeMs: Date.UTC(2026, 0, 2), madeBy: 'a "program" </script> & more' };
const both = [judged("log-return"), judged("volatility")];
const page = evaluationPage(both, made);

Deno.test("evaluationPage() is one file that asks the network for nothing", () => {
  // What a browser would fetch; an address in a comment or a namespace is not fetched.
  assertEquals(page.match(/(?:src|href)=|url\(|@import|fetch\(|XMLHttpRequest/g), null);
  assertMatch(page, /Content-Security-Policy" content="default-src 'none';/);
  assert(
    page.includes("Permission is hereby granted, free of charge"),
    "uPlot's notice goes with it",
  );
  assert(page.includes("a &quot;program&quot; &lt;/script> &amp; more"));
  assert(!/NaN|undefined|Infinity%/.test(page.slice(0, page.indexOf("<script"))));
  assert(page.length < 130_000, `${page.length} characters`);
});

Deno.test("evaluationPage() has a heading, a caption or words for everything it shows", () => {
  for (const { evaluation } of both) {
    const { mseRatio } = evaluation.chosen;
    assert(page.includes(`Ratio of squared errors ${mseRatio.value.toFixed(4)}, 95 % interval`));
  }
  assertEquals(page.match(/<h1>/g)?.length, 1);
  assertEquals(page.match(/<h2>/g)?.length, 2);
  assertEquals(page.match(/<table>\n<caption>/g)?.length, page.match(/<table>/g)!.length);
  const charts = [
    ...page.matchAll(/<div class="chart" id="[^"]+" role="img" aria-label="([^"]+)"/g),
  ];
  assertEquals(charts.length, 8);
  for (const [, words] of charts) assert(words!.length > 60, words);
});

Deno.test("evaluationPage() can be made for every target", () => {
  for (const target of ["price", "labels"] as const) {
    const html = evaluationPage([judged(target)], made);
    assert(!/NaN|undefined|Infinity%/.test(html.slice(0, html.indexOf("<script"))), target);
    assert(html.includes(`BTC/USD ${target}, 24 h ahead`));
  }
});

const chromium = chromiumPath();
if (chromium === undefined) console.log("the page is not looked at: there is no Chromium on PATH");
Deno.test({
  name: "the page draws its charts in Chromium, without a complaint and within the screen",
  ignore: chromium === undefined,
  async fn() {
    const path = await Deno.makeTempFile({ suffix: ".html" });
    await Deno.writeTextFile(path, page);
    {
      await using browser = await startBrowser(chromium!);
      for (
        const [width, isDark] of [[390, true], [500, false], [720, true], [1280, false]] as const
      ) {
        const view = await browser.open(`file://${path}`, { width, isDark });
        // uPlot draws in a microtask; two frames are past it.
        await view.evaluate(
          "new Promise((r) => requestAnimationFrame(() => requestAnimationFrame(r)))",
        );
        assertEquals(view.complaints, []);
        assertEquals(await view.evaluate(IS_DRAWN), Array(8).fill(true), `at ${width}`);
        assertEquals(await view.evaluate(OUT_OF_SIGHT), [], `at ${width}`);
        const text = await view.evaluate<string>("document.body.innerText");
        assert(text.includes("No evidence of skill") && text.includes("The learners side by side"));
        const paper = await view.evaluate("getComputedStyle(document.body).backgroundColor");
        assertEquals(paper, isDark ? "rgb(20, 23, 26)" : "rgb(255, 255, 255)");
      }
      const view = await browser.open(`file://${path}`, { width: 1280, isDark: true });
      const { data } = await view.send("Page.printToPDF");
      assert(atob(String(data)).startsWith("%PDF-"));
      assertEquals(view.complaints, []);
    }
    await Deno.remove(path);
  },
});

/** Of each canvas, whether some of its pixels have the colour of what came: axes have not. */
const IS_DRAWN = `[...document.querySelectorAll("canvas")].map((canvas) => {
  const drawing = canvas.getContext("2d");
  const { data } = drawing.getImageData(0, 0, canvas.width, canvas.height);
  const hex = getComputedStyle(document.documentElement).getPropertyValue("--one").trim();
  const ink = [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
  let count = 0;
  for (let i = 0; i < data.length; i += 4) {
    if (ink.every((part, j) => data[i + j] === part) && data[i + 3] === 255) count++;
  }
  return count > 20;
})`;

/** What reaches beyond the right edge. */
const OUT_OF_SIGHT = `[...document.querySelectorAll("body *")]
  .filter((element) => element.getBoundingClientRect().right > innerWidth + 0.5)
  .map((element) => element.outerHTML.slice(0, 80))
  .concat(document.documentElement.scrollWidth > innerWidth ? ["the page is wider than the screen"] : [])`;

Deno.test("evaluate --html writes the page for everybody to read, also when called backtest", async () => {
  const dir = await Deno.makeTempDir();
  const rows = Array.from(series.close, (close, i) =>
    [
      new Date(series.startMs + i * series.intervalMs).toISOString(),
      ...[series.open[i], series.high[i], series.low[i], close, series.volume[i]],
    ].join());
  const csv = `${dir}/candles.csv`;
  await Deno.writeTextFile(csv, `timestamp,open,high,low,close,volume\n${rows.join("\n")}\n`);
  const flags = ["--pair", "BTC/USD", "--target", "log-return", "--horizon", "24h"];
  const ended = await runMain(
    ["backtest", ...flags, "--venues", `csv:${csv}`, "--html", "page/out.html"],
    { cwd: dir },
  );
  assertEquals([ended.code, ended.stderr], [0, ""]);
  assert(ended.stdout.endsWith(`wrote ${dir}/page/out.html\n`), ended.stdout);
  assertEquals((await Deno.stat(`${dir}/page/out.html`)).mode! & 0o777, 0o644);
  assertMatch(await Deno.readTextFile(`${dir}/page/out.html`), /^<!DOCTYPE html>[^]*<\/html>\n$/);
  assertEquals(Array.from(Deno.readDirSync(`${dir}/page`)).length, 1, "no part of it is left");
  await Deno.remove(dir, { recursive: true });
});

Deno.test("evaluate --html refuses a directory, and a benchmark, before it does any work", async () => {
  const dir = await Deno.makeTempDir();
  for (
    const [args, why] of [
      [["--html", dir], `Cannot write --html ${dir}: it is a directory`],
      [["--html", "new/"], "Cannot write --html new/: it is a directory"],
      [["--html", "a.html", "--benchmark", "b.json"], "--benchmark has no page"],
    ] as const
  ) {
    const { code, stdout, stderr } = await runMain(["evaluate", "--pair", "BTC/USD", ...args], {
      cwd: dir,
    });
    assertEquals([code, stdout], [64, ""]);
    assert(stderr.split("\n")[0]!.includes(why), stderr);
  }
  await Deno.remove(dir, { recursive: true });
});

Deno.test("help knows backtest as another name for evaluate", async () => {
  const cwd = Deno.cwd();
  const [page, own] = await Promise.all([
    runMain(["help", "evaluate"], { cwd }),
    runMain(["backtest", "--help"], { cwd }),
  ]);
  assertEquals(own, page);
  assert(page.stdout.includes("Also as: allora-pipeline backtest"));
});
