import { failureOf } from "../cycle/run.ts";
import { TIMER_EPOCH_MS } from "../cycle/timer_epoch.ts";
import { type TopicPace, topicPaces } from "../cycle/topic_pace.ts";
import { table } from "../host/terminal.ts";
import { shellQuote } from "../settings/file_error.ts";
import type { Handler } from "./command.ts";
import { switchOff } from "./doctor/unit_files.ts";
import { openRun, settingsOf, topicsOf } from "./open_run.ts";
import { waiting } from "./progress.ts";

/** What each topic needs to be met in time, or a crontab for machines without systemd. */
export const schedule: Handler = async (invocation, terminal) => {
  const settings = settingsOf(invocation, terminal);
  const topicIds = topicsOf(invocation, settings).map(({ topicId }) => topicId);
  using progress = waiting(terminal, `asking ${settings.chainId} for the topics' epochs`);
  using run = openRun(settings, progress.terminal, { stop: terminal.stopSignal() });
  let paces: readonly TopicPace[];
  try {
    paces = await topicPaces(run, topicIds);
  } catch (thrown) {
    throw failureOf(run, thrown);
  }
  progress.terminal.out(
    invocation.json
      ? `${JSON.stringify(jsonOf(paces))}\n`
      : invocation.switches.has("cron")
      ? crontab(paces)
      : textOf(paces),
  );
  return 0;
};

/** Whether the topic is for the daemon. */
export const needsDaemon = ({ epochMs }: TopicPace) => epochMs < TIMER_EPOCH_MS;
const minutes = (ms: number) => `${Math.round(ms / 6000) / 10} min`;

/** What each topic needs, as lines of a table. */
export function pacesText(paces: readonly TopicPace[]): string {
  const rows = paces.map((pace) => [
    String(pace.topicId),
    `${pace.epochBlocks} blocks, ${minutes(pace.epochMs)}`,
    `${pace.windowBlocks} blocks, ${minutes(pace.windowMs)}`,
    needsDaemon(pace) ? "the daemon" : "the timer, every 5 minutes",
  ]);
  return table([["topic", "epoch", "window", "needs"], ...rows], { align: ["right"] });
}

function textOf(paces: readonly TopicPace[]): string {
  const unit = paces.some(needsDaemon)
    ? "allora-pipeline-daemon.service"
    : "allora-pipeline-submit.timer";
  const first = switchOff(paces.some(needsDaemon) ? "daemon" : "timer");
  return `${pacesText(paces)}

${
    first === undefined
      ? ""
      : `sudo ${first}\n`
  }sudo systemctl enable --now ${unit} allora-pipeline-rotate.timer allora-pipeline-health.timer
`;
}

/** From the source tree it would be Deno itself. */
const program = () => Deno.build.standalone ? Deno.execPath() : "/usr/local/bin/allora-pipeline";

/**
 * Lines for crontab(5). submission.log is written by the program itself: redirected into it, output
 * would be lost when it is rotated.
 */
function crontab(paces: readonly TopicPace[]): string {
  // For sh, and for cron, to which % is the end of the line. A core holds the mnemonic.
  const run = shellQuote(program()).replaceAll("%", "\\%");
  const runWithWallet = `ulimit -c 0; ${run}`;
  const short = paces.filter(needsDaemon).map(({ topicId }) => topicId);
  const visits = short.length === 0
    ? `*/5 * * * * ${runWithWallet} submit >/dev/null
# Once an hour is enough only where the window of every epoch covers the full hour, and it is not
# tried again before the next:
# 0 * * * * ${runWithWallet} submit >/dev/null`
    : `# The epochs of topic ${short.join(", ")} are too short for cron: the daemon stays.
@reboot ${runWithWallet} daemon >/dev/null 2>&1`;
  return `# For: crontab -u allora-pipeline -
# That user must own the wallet: sudo chown allora-pipeline /etc/allora-pipeline/mnemonic
# What goes wrong is on stderr, which cron mails to MAILTO; what happens is in submission.log already.
${visits}
5 * * * * ${run} rotate >/dev/null
10 * * * * ${run} health >/dev/null
`;
}

function jsonOf(paces: readonly TopicPace[]) {
  return {
    topics: paces.map((pace) => ({
      topic_id: String(pace.topicId),
      epoch_blocks: Number(pace.epochBlocks),
      window_blocks: Number(pace.windowBlocks),
      epoch_seconds: pace.epochMs / 1000,
      window_seconds: pace.windowMs / 1000,
      needs: needsDaemon(pace) ? "daemon" : "timer",
    })),
  };
}
