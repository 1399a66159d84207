import { alloOf } from "../../chain/allo.ts";
import { PipelineError } from "../../errors.ts";
import type { CheckResult } from "../../health/check.ts";
import { check } from "../../health/checks.ts";
import { isInOtherHands, OUT_OF_SIGHT } from "../../health/checks/credentials.ts";
import { measured, unknown } from "../../health/found.ts";
import { isThere, statePaths } from "../../host/paths.ts";
import { rootFor, shellQuote } from "../../settings/file_error.ts";
import { type Examined, failed, ofTopics, type TopicFacts, topicFile } from "./examined.ts";

/** The key, what it holds, and where it may submit. */
export async function wallet(examined: Examined): Promise<readonly CheckResult[]> {
  const { settings, address, isOffline, health } = examined;
  const { mnemonicFile } = settings;
  const credential = { id: "credential", subject: mnemonicFile };
  if (address instanceof PipelineError && isInOtherHands(health, address)) {
    const told: CheckResult = { ...credential, status: "OK", message: OUT_OF_SIGHT };
    return isOffline ? [told] : [told, ...await check(health, ["balance"])];
  }
  if (address instanceof PipelineError) {
    return [failed(credential, address, "allora-pipeline wallet new")];
  }
  const mode = ((Deno.statSync(mnemonicFile).mode ?? 0) & 0o777).toString(8).padStart(4, "0");
  const found: CheckResult[] = [
    { ...credential, status: "OK", message: `readable, mode ${mode}` },
    { id: "address", status: "OK", message: address },
  ];
  if (isOffline) return found;
  const [held, topics] = await Promise.all([
    balance(examined),
    ofTopics(examined, "permission", (facts) => permission(examined, address, facts)),
  ]);
  return [...found, ...held, ...topics];
}

/** With the runway where a ledger knows the pace. */
async function balance({ health, settings, address }: Examined): Promise<readonly CheckResult[]> {
  if (isThere(statePaths(settings.stateDir).ledger)) return await check(health, ["balance"]);
  const what = { id: "balance" };
  try {
    const held = await (await health.chain()).balanceUallo(settings.feeGranter ?? String(address));
    const { warn, crit } = settings.healthBalanceUallo;
    return [measured({
      ...{ ...what, value: Number(alloOf(held)), unit: "ALLO" },
      ...{ warn: `${alloOf(warn)}:`, crit: `${alloOf(crit)}:` },
      message: `${alloOf(held)} ALLO`,
      fix: `allora-pipeline wallet faucet # on a testnet; elsewhere send ALLO to ${address}`,
    })];
  } catch (thrown) {
    return [unknown(thrown, what, "allora-pipeline rpc")];
  }
}

/** Whether the topic takes the worker, told before a transaction is spent on it. */
function permission(
  examined: Examined,
  address: string,
  { topic: { topicId }, window }: TopicFacts,
): readonly CheckResult[] {
  if (window === undefined) return [];
  const { isWhitelisted, isRegistered } = window;
  const { autoRegister } = examined.settings;
  const path = topicFile(examined, topicId);
  const [file, off] = [path, `${path}.off`].map(shellQuote);
  const what = { topicId };
  const register = `allora-pipeline wallet register --topic ${topicId}`;
  const whitelist: CheckResult = isWhitelisted
    ? { id: "whitelist", ...what, status: "OK", message: "the wallet may submit" }
    : {
      ...{ id: "whitelist", ...what, status: "CRITICAL" },
      message: `${address} is not on the topic's whitelist, and whatever is sent costs its fee`,
      fix: `${rootFor(path)}mv ${file} ${off} # unless whoever made the topic adds the address`,
    };
  const registration: CheckResult = isRegistered
    ? { id: "registered", ...what, status: "OK", message: "as a worker" }
    : autoRegister
    ? { id: "registered", ...what, status: "OK", message: "not yet: the first visit registers it" }
    : {
      ...{ id: "registered", ...what, status: "CRITICAL", fix: register },
      message: "no, and ALLORA_AUTO_REGISTER is no",
    };
  return [whitelist, registration];
}
