import { assert, assertEquals } from "@std/assert";
import { evaluationJson } from "../../src/commands/evaluation_json.ts";
import { evaluationText } from "../../src/commands/evaluation_report.ts";
import { evaluate } from "../../src/model/evaluate.ts";
import { LEARNERS, learnersOf } from "../../src/model/spec.ts";
import { topicOfFlags } from "../../src/settings.ts";
import { HOUR_MS, madeUpCandles } from "../model/synthetic.ts";

const series = madeUpCandles(2600, 31);
const reports = (["log-return", "price", "volatility", "labels"] as const).map((target) => {
  const topic = topicOfFlags({
    flags: { pair: "BTC/USD", target, horizon: "24h" },
    env: {},
    cwd: Deno.cwd(),
  });
  const evaluation = evaluate(series, { target, horizonMs: 24 * HOUR_MS, learner: "auto" });
  return { target, topic, evaluation };
});

/** Of the tables in the text, the first column of the one whose head begins with `head`. */
function firstColumn(text: string, head: string): string[] {
  const lines = text.split("\n");
  const from = lines.findIndex((line) => line.startsWith(head));
  return lines.slice(from + 1, lines.indexOf("", from)).map((line) => line.slice(0, 28).trim());
}

Deno.test("evaluationText() fits into 100 columns for every target", () => {
  for (const { target, topic, evaluation } of reports) {
    const text = evaluationText(topic, evaluation, false);
    for (const line of text.split("\n")) {
      assert([...line].length <= 100, `${target}: ${line.length} columns: ${line}`);
      assertEquals(line, line.trimEnd(), target);
    }
    assert(!/NaN|undefined|Infinity/.test(text), target);
  }
});

Deno.test("evaluationText() shows the learners of the target, the measures of the chosen one and its way", () => {
  for (const { target, topic, evaluation } of reports) {
    const text = evaluationText(topic, evaluation, false);
    const learners = firstColumn(text, "  learner").map((cell) => cell.split(/ +/).slice(0, 2));
    assertEquals(learners[0], [">", "auto"]);
    assertEquals(
      [...learners[0]!.slice(1), ...learners.slice(1).map(([name]) => name)],
      learnersOf(target),
    );
    const isReturn = target === "log-return" || target === "price";
    assertEquals(text.includes("CZAR loss over zero's"), isReturn);
    assertEquals(text.includes("Brier skill"), target === "labels");
    assert(text.includes("squared error saved against"));
    assert(text.includes("in the 90 % interval"));
    assert(text.includes("judged without the purge, on a random split"));
  }
});

Deno.test("evaluationJson() is JSON with every measure's interval and chance", () => {
  for (const { target, topic, evaluation } of reports) {
    const json = JSON.parse(JSON.stringify(evaluationJson(topic, evaluation)));
    assertEquals(Object.keys(json.chosen.mse_ratio), ["value", "low_95", "high_95", "p_value"]);
    assertEquals(json.chosen.czar_loss === null, target === "volatility" || target === "labels");
    assertEquals(json.gain.length, 150);
    assert(json.unpurged_mse_ratio > 0 && json.unpurged_mse_ratio < 1.1, target);
    assertEquals(json.deciles.length, 10);
    assert(
      json.learners.every((score: { learner: string }) =>
        LEARNERS.some((learner) => learner === score.learner)
      ),
    );
    assertEquals(json.windows_needed === null, json.skill !== "none");
  }
});
