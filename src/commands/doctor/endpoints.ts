import { survey, type Surveyed } from "../../chain/survey.ts";
import type { CheckResult } from "../../health/check.ts";
import { editSetting } from "../../health/cure.ts";
import { plural } from "../../health/words.ts";
import { ledgerOrWhyNot } from "../look.ts";
import { latencyOf, nameOf, sentenceOf } from "../rpc/shown.ts";
import type { Examined } from "./examined.ts";

const FIX = "allora-pipeline rpc";

/** Every endpoint, and whether two of them confirm each other. */
export async function endpoints(examined: Examined): Promise<readonly CheckResult[]> {
  const { settings, health: { host, signal } } = examined;
  using ledger = ledgerOrWhyNot(settings, host).ledger;
  const { rpc: urls, chainId: expectChainId, rpcTimeoutMs: timeoutMs } = settings;
  const found = await survey({
    ...{ urls, expectChainId, timeoutMs, host, signal, samples: 3 },
    topicIds: settings.topics.map(({ topicId }) => topicId),
    known: ledger?.endpoints() ?? [],
  });
  const usable = found.filter(({ use }) => use !== "none").length;
  const what = { id: "endpoints", value: usable };
  const counted = `${usable} of ${plural(found.length, "endpoint")} can be used`;
  const whole: CheckResult = usable === 0
    ? { ...what, status: "CRITICAL", message: counted, fix: FIX }
    : usable === 1
    ? {
      ...{ ...what, status: "WARNING" },
      message: `${counted}: nobody confirms what it says of a window`,
      fix: editSetting(settings, "ALLORA_RPC", "name another in ALLORA_RPC"),
    }
    : { ...what, status: "OK", message: counted };
  return [...found.map((each) => line(each, usable)), whole];
}

function line(each: Surveyed, usable: number): CheckResult {
  const what = { id: "endpoint", subject: nameOf(each) };
  const odd = each.windows.filter(({ agrees }) => agrees === false);
  if (each.use === "none") {
    const message = sentenceOf(each).replace(`${nameOf(each)} `, "");
    return { ...what, status: usable > 0 ? "WARNING" : "CRITICAL", message, fix: FIX };
  }
  if (odd.length > 0) {
    const topics = odd.map(({ topicId }) => topicId).join(", ");
    const message = `it differs from the others on the window of topic ${topics}`;
    return { ...what, status: "WARNING", message, fix: FIX };
  }
  const { status, generation, lag } = each;
  const at = `block ${status?.height}, ${lag === 0n ? "the newest" : `${lag} behind`}`;
  const speed = `${Math.round(latencyOf(each) ?? 0)} ms`;
  return { ...what, status: "OK", message: `${speed}, ${at}, emissions v${generation}` };
}
