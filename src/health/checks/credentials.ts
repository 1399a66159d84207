import { EXIT_CODES, PipelineError } from "../../errors.ts";
import { readMnemonic, readVenueKey } from "../../host/credentials.ts";
import { newestRun, type RunRecord } from "../../ledger/runs.ts";
import { type ChannelSecrets, channelSecrets } from "../channel_secrets.ts";
import type { CheckResult } from "../check.ts";
import type { HealthContext } from "../context.ts";
import { edit, exactCure } from "../cure.ts";

const VENUE_KEYS = {
  atlas: ["atlasKeyFile", "ALLORA_ATLAS_KEY_FILE"],
  tiingo: ["tiingoKeyFile", "ALLORA_TIINGO_KEY_FILE"],
} as const;

/** Whether every secret that is needed is there, for its owner alone, and of the right shape. */
export async function credentials(context: HealthContext): Promise<readonly CheckResult[]> {
  const { settings } = context;
  const { mnemonicFile, credentialsDir } = settings;
  const used = new Set(settings.topics.flatMap(({ venues }) => venues.map(({ kind }) => kind)));
  const keys = (["atlas", "tiingo"] as const).filter((venue) => used.has(venue));
  return await Promise.all([
    look(context, "mnemonic", mnemonicFile, () => readMnemonic(mnemonicFile, credentialsDir)),
    ...keys.map((venue) => {
      const [file, setting] = VENUE_KEYS[venue];
      return look(
        context,
        `${venue}-key`,
        settings[file],
        () => readVenueKey(settings[file], venue, setting, credentialsDir),
      );
    }),
    ...(await channelSecrets(settings)).map(channelOf),
  ]);
}

/** A channel is no part of submitting: it is worth a warning, before the day when it is needed. */
function channelOf({ name, error }: ChannelSecrets): CheckResult {
  const what = { id: "credentials", subject: name };
  if (error === undefined) return { ...what, status: "OK", message: "can be used" };
  if (error.cause instanceof Deno.errors.PermissionDenied) {
    const fix = "sudo allora-pipeline alert --test";
    return { ...what, status: "UNKNOWN", message: error.message, fix };
  }
  const fix = exactCure(error.hint, "allora-pipeline alert --test");
  return { ...what, status: "WARNING", message: error.message, fix };
}

async function look(
  context: HealthContext,
  subject: string,
  path: string,
  read: () => Promise<unknown>,
): Promise<CheckResult> {
  const what = { id: "credentials", subject };
  try {
    await read();
    return { ...what, status: "OK", message: "readable, and for its owner alone" };
  } catch (thrown) {
    if (!(thrown instanceof PipelineError)) throw thrown;
    if (isInOtherHands(context, thrown)) return { ...what, status: "OK", message: OUT_OF_SIGHT };
    const { message, hint, cause } = thrown;
    if (cause instanceof Deno.errors.PermissionDenied && newestRunOf(context) === undefined) {
      return { ...what, status: "UNKNOWN", message, fix: "sudo allora-pipeline doctor" };
    }
    return { ...what, status: "CRITICAL", message, fix: exactCure(hint, edit(path, "correct it")) };
  }
}

/** What is said of a secret that isInOtherHands(). */
export const OUT_OF_SIGHT = "not in sight here, but the last run could read it";

/** systemd hands secrets to the units that sign, and they may be nowhere else to be read. */
export function isInOtherHands(context: HealthContext, error: PipelineError): boolean {
  const isOutOfSight = error.cause instanceof Deno.errors.PermissionDenied ||
    error.message.endsWith("it is missing");
  return isOutOfSight && couldLastRun(context);
}

/** Exit codes of runs that had their secrets, and failed by something else. */
const NOT_OURS: readonly (number | null)[] = [EXIT_CODES.unavailable, EXIT_CODES.retry];

/** Whether the newest run could read them. */
function couldLastRun(context: HealthContext): boolean {
  const run = newestRunOf(context);
  if (run === undefined) return false;
  return run.failures === 0 || run.finishedMs === null || NOT_OURS.includes(run.exitCode);
}

/** The newest run, if it is recent enough to say how things are. */
function newestRunOf({ ledger, settings, host }: HealthContext): RunRecord | undefined {
  try {
    const run = newestRun(ledger().runs());
    const isRecent = run !== undefined &&
      host.nowMs() - run.aliveMs <= settings.healthLastRunMs.crit;
    return isRecent ? run : undefined;
  } catch (thrown) {
    // Then nobody has run well that we know of; the check of the ledger says why.
    if (thrown instanceof PipelineError) return undefined;
    throw thrown;
  }
}
