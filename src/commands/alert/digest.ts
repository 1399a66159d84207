import { alloOf } from "../../chain/allo.ts";
import { epochsOf } from "../../cycle/history.ts";
import { moneyOf, totalsOf } from "../../cycle/history_totals.ts";
import { failureOf, type Run } from "../../cycle/run.ts";
import { walletBalance } from "../../cycle/wallet_balance.ts";
import { worstExitCode } from "../../errors.ts";
import { deliverNow } from "../../health/alerts/deliver_now.ts";
import { type Notice, noticeOf, textOf } from "../../health/alerts/notice.ts";
import { openChannels } from "../../health/alerts/open_channels.ts";
import type { Handler } from "../command.ts";
import { openRun, settingsOf } from "../open_run.ts";
import { DIGEST_MS } from "./digest_due.ts";
import { runwayText } from "../runway.ts";

/** Prints what a digest would tell, and tells it when asked to. */
export const digest: Handler = async (invocation, terminal) => {
  const stop = terminal.stopSignal();
  using run = openRun(settingsOf(invocation, terminal), terminal, { stop });
  const { settings, host } = run;
  const hostName = Deno.hostname();
  const notice = await digestNotice(run, hostName);
  terminal.out(
    invocation.json ? `${JSON.stringify(notice)}\n` : `${notice.title}\n${textOf(notice)}\n`,
  );
  if (!invocation.switches.has("send")) return 0;
  const { channels } = await openChannels(settings, host, hostName);
  const told = await deliverNow(channels, [notice], { hostName, host, signal: stop });
  const failures = [...told].flatMap(([channel, failure]) => {
    if (failure === undefined) return [];
    const { message: error, hint, exitCode } = failure;
    run.tell("alert.not_delivered", { channel, error, hint });
    return exitCode;
  });
  return worstExitCode(failures);
};

/** The last seven days in a few lines; a balance that nobody can tell is no reason not to tell the rest. */
export async function digestNotice(run: Run, hostName: string): Promise<Notice> {
  const nowMs = run.host.nowMs();
  const epochs = epochsOf(run, {}).filter(({ closedMs }) =>
    closedMs !== null && nowMs - closedMs <= DIGEST_MS
  );
  const { topics, all } = totalsOf(epochs);
  const registrations = run.ledger.registrationFees(nowMs - DIGEST_MS);
  const facts = topics.map((totals) => {
    const own = epochs.filter(({ topicId }) => topicId === totals.topicId);
    const { netUallo } = moneyOf(own, totals, 0n);
    const { met, closed, missed, unknown } = totals;
    const lost = unknown === 0 ? `${missed} missed` : `${missed} missed, ${unknown} unknown`;
    return [
      `topic ${totals.topicId}`,
      `${met} of ${closed} windows met, ${lost}; net ${signed(netUallo)} ALLO`,
    ] as const;
  });
  const { netUallo } = moneyOf(epochs, all, registrations);
  const title = epochs.length === 0
    ? "WEEK: no window has closed in seven days"
    : `WEEK: ${all.met} of ${all.closed} windows met, net ${signed(netUallo)} ALLO`;
  const worker = epochs.at(-1)?.worker;
  return noticeOf("digest", title, [
    ["host", hostName],
    ...facts,
    ...worker === undefined ? [] : [["balance", await balanceText(run, worker)] as const],
    ["more", "allora-pipeline history"],
  ], { hostName, nowMs });
}

async function balanceText(run: Run, worker: string): Promise<string> {
  try {
    const { balanceUallo, runwayDays } = await walletBalance(run, worker);
    const lasts = runwayDays === undefined ? "" : `, lasts ${runwayText(runwayDays)}`;
    return `${rounded(balanceUallo)} ALLO${lasts}`;
  } catch (thrown) {
    return `unknown: ${failureOf(run, thrown).message}`;
  }
}

/** With its sign and six decimals; exact amounts are in the history. */
function signed(uallo: bigint): string {
  return `${uallo < 0n ? "" : "+"}${rounded(uallo)}`;
}

function rounded(uallo: bigint): string {
  const unit = 10n ** 12n;
  return alloOf(uallo / unit * unit);
}
