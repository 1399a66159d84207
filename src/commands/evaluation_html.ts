import uplot from "uplot/dist/uPlot.iife.min.js" with { type: "text" };
import uplotLicence from "uplot/LICENSE" with { type: "text" };
import uplotStyle from "uplot/dist/uPlot.min.css" with { type: "text" };
import type { Evaluation } from "../model/evaluate.ts";
import type { TopicSettings } from "../settings.ts";
import { type Chart, chartsOf } from "./evaluation_charts.ts";
import { day, hours, titleOf } from "./evaluation_rows.ts";
import {
  escaped,
  facts,
  learnerTables,
  measuresTable,
  verdict,
  yearsTable,
} from "./evaluation_parts.ts";
import draw from "./page/charts.js" with { type: "text" };
import style from "./page/style.css" with { type: "text" };

/** One topic, judged. */
export interface JudgedTopic {
  readonly topic: TopicSettings;
  readonly evaluation: Evaluation;
}

/**
 * A page for a person who was not there: the verdict of each topic in words, charts and tables. It
 * needs no network and allows itself none. `madeMs` and `madeBy` are named at the end.
 */
export function evaluationPage(
  judged: readonly JudgedTopic[],
  { madeMs, madeBy }: { readonly madeMs: number; readonly madeBy: string },
): string {
  const parts = judged.map(({ topic, evaluation }, i) => {
    const charts = chartsOf(evaluation, `topic-${i}`);
    return { charts, html: article(topic, evaluation, charts) };
  });
  const title = judged.map(({ topic }) => nameOf(topic)).join("; ");
  return `<!DOCTYPE html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<title>${escaped(title)}: can it be forecast?</title>
<style>
${uplotStyle.trim()}
${style.trim()}
</style>
</head>
<body>
<header><h1>Can it be forecast? Models judged on what they could not know</h1></header>
<main>
${parts.map(({ html }) => html).join("\n")}
</main>
<footer>Written on ${day(madeMs)} by ${
    escaped(madeBy)
  }. Every forecast was made walking forward, from
candles and outcomes known at its time. Charts by uPlot.</footer>
<script type="application/json" id="charts">${
    inScript(parts.flatMap(({ charts }) => charts))
  }</script>
<script>
/*
${uplotLicence.trim()}
*/
${uplot.trim()}
${draw.trim()}
</script>
</body>
</html>
`;
}

/** JSON that cannot end the script it stands in. */
const inScript = (value: unknown) => JSON.stringify(value).replaceAll("<", "\\u003c");

const nameOf = (topic: TopicSettings) =>
  `${titleOf(topic)} ${topic.target}, ${hours(topic.horizonMs)} ahead`;

function article(topic: TopicSettings, evaluation: Evaluation, charts: readonly Chart[]): string {
  return `<article>
<h2>${escaped(nameOf(topic))}</h2>
${verdict(evaluation)}
<h3>What was judged</h3>
${facts(topic, evaluation)}
<h3>What it looks like</h3>
<noscript><p>The charts need JavaScript; the tables below have the numbers.</p></noscript>
<div class="charts">
${charts.map(figure).join("\n")}
</div>
<h3>The learners side by side</h3>
${learnerTables(evaluation)}
<h3>All measures</h3>
${measuresTable(evaluation)}
<h3>Year by year</h3>
${yearsTable(evaluation)}
</article>`;
}

function figure({ id, title, explanation, words, isWide }: Chart): string {
  return `<figure${isWide ? ' class="wide"' : ""}>
<figcaption>${escaped(title)}<span>${escaped(explanation)}</span></figcaption>
<div class="chart" id="${id}" role="img" aria-label="${escaped(`${title}. ${words}`)}"></div>
</figure>`;
}
