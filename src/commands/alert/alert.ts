import { messageOf, PipelineError, worstExitCode } from "../../errors.ts";
import { alertOn } from "../../health/alerts/alert_on.ts";
import { deliverNow } from "../../health/alerts/deliver_now.ts";
import { ping } from "../../health/alerts/heartbeat.ts";
import { noticeOf } from "../../health/alerts/notice.ts";
import { openChannels } from "../../health/alerts/open_channels.ts";
import { type Remembered, unitFailed } from "../../health/alerts/unit_failed.ts";
import { table } from "../../host/terminal.ts";
import { loadSettings, type Settings } from "../../settings.ts";
import type { Handler, Invocation } from "../command.ts";
import { type OpenRun, openRun, settingsOf } from "../open_run.ts";
import type { Terminal } from "../terminal_io.ts";
import { alertContext } from "./context.ts";

type Results = ReadonlyMap<string, PipelineError | undefined>;

/** Tells people that a unit failed, or that this is a test. */
export const alert: Handler = async (invocation, terminal) => {
  const stop = terminal.stopSignal();
  const isTest = invocation.switches.has("test");
  const { settings, broken } = isTest
    ? { settings: settingsOf(invocation, terminal) }
    : readableSettings(invocation, terminal);
  using run = openRun(settings, terminal, { stop });
  const told = isTest
    ? await tellTest(run, terminal, stop)
    : await tellFailure(run, invocation, terminal, stop, broken);
  const failures = [...told.values()].filter((error) => error !== undefined);
  terminal.out(invocation.json ? `${JSON.stringify(jsonOf(told))}\n` : textOf(told));
  return worstExitCode(failures.map(({ exitCode }) => exitCode));
};

/**
 * A unit that fails because its settings cannot be read must be told all the same: then by the channels
 * that need none, whose files are in their usual places.
 */
function readableSettings(
  invocation: Invocation,
  terminal: Terminal,
): { readonly settings: Settings; readonly broken?: PipelineError } {
  try {
    return { settings: settingsOf(invocation, terminal) };
  } catch (thrown) {
    if (!(thrown instanceof PipelineError) || thrown.kind === "usage") throw thrown;
    const { env, cwd } = terminal;
    const places = Object.fromEntries(
      Object.entries(env).filter(([name]) => !name.startsWith("ALLORA_")),
    );
    const settings = loadSettings({ flags: {}, env: places, cwd, withoutFiles: true });
    return { settings, broken: thrown };
  }
}

async function tellFailure(
  run: OpenRun,
  { values, words }: Invocation,
  terminal: Terminal,
  stop: AbortSignal,
  broken: PipelineError | undefined,
): Promise<Results> {
  const context = alertContext(run, terminal, stop);
  const named = values["unit"] ?? words[0];
  const failed = unitFailed(terminal.env, named, rememberedBy(run), broken?.message);
  return (await alertOn([failed], context, { isComplete: false })).told;
}

/** What the ledger knows of the runs; one that cannot be read may be what the unit failed by. */
function rememberedBy(run: OpenRun): Remembered {
  const nowMs = run.host.nowMs();
  try {
    return { runs: run.ledger.runs(), visits: run.ledger.topicVisits(), nowMs };
  } catch (thrown) {
    run.tell("alert.failed", { error: messageOf(thrown) });
    return { runs: [], visits: [], nowMs };
  }
}

async function tellTest(run: OpenRun, terminal: Terminal, stop: AbortSignal): Promise<Results> {
  const { settings, host } = run;
  const hostName = Deno.hostname();
  const { channels, heartbeat } = await openChannels(settings, host, hostName);
  if (channels.length === 0 && heartbeat === undefined) {
    throw new PipelineError("config", "Cannot test alerts: no channel is on", {
      hint: "put a webhook's URL into the file of ALLORA_SLACK_WEBHOOK_FILE, or set " +
        "ALLORA_SMTP_HOST and ALLORA_MAIL_TO; see help settings",
    });
  }
  const notice = noticeOf("test", `TEST: alerts of ${hostName} arrive here`, [
    ["host", hostName],
    ["cause", "somebody ran alert --test; nothing is wrong"],
    ["chain", settings.chainId],
    ["to do", "allora-pipeline alert list"],
  ], { hostName, nowMs: host.nowMs() });
  const invocationId = terminal.env["INVOCATION_ID"];
  const [told, beat] = await Promise.all([
    deliverNow(channels, [notice], { hostName, host, signal: stop }),
    heartbeat === undefined || heartbeat instanceof PipelineError
      ? heartbeat
      : ping({ ...heartbeat, invocationId, signal: stop }, "log", notice.title),
  ]);
  return heartbeat === undefined ? told : new Map([...told, ["heartbeat", beat]]);
}

function textOf(told: Results): string {
  if (told.size === 0) return "nothing new to tell\n";
  const rows = [...told].map(([channel, error]) => [channel, error?.message ?? "arrived"]);
  return `${table([["channel", "result"], ...rows])}\n`;
}

function jsonOf(told: Results) {
  return {
    channels: [...told].map(([channel, error]) => ({
      ...{ channel, arrived: error === undefined },
      error: error === undefined ? null : { message: error.message, hint: error.hint ?? null },
    })),
  };
}
