import { PipelineError } from "../../errors.ts";
import { readMnemonic, readVenueKey } from "../../host/credentials.ts";
import type { CheckResult } from "../check.ts";
import type { HealthContext } from "../context.ts";

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
    look(context, "mnemonic", () => readMnemonic(mnemonicFile, credentialsDir)),
    ...keys.map((venue) => {
      const [file, setting] = VENUE_KEYS[venue];
      return look(
        context,
        `${venue}-key`,
        () => readVenueKey(settings[file], venue, setting, credentialsDir),
      );
    }),
  ]);
}

async function look(
  context: HealthContext,
  subject: string,
  read: () => Promise<unknown>,
): Promise<CheckResult> {
  const what = { id: "credentials", subject };
  try {
    await read();
    return { ...what, status: "OK", message: "readable, and for its owner alone" };
  } catch (thrown) {
    if (!(thrown instanceof PipelineError)) throw thrown;
    const isOutOfSight = thrown.cause instanceof Deno.errors.PermissionDenied ||
      thrown.message.endsWith("it is missing");
    // systemd hands secrets to the units that sign, not to this one.
    if (isOutOfSight && isRunWell(context)) {
      return {
        ...what,
        status: "OK",
        message: "not in sight here, but the last run could read it",
      };
    }
    const fix = thrown.hint?.replace(/^Run: /, "") ?? "allora-pipeline wallet address";
    return { ...what, status: "CRITICAL", message: thrown.message, fix };
  }
}

function isRunWell({ ledger }: HealthContext): boolean {
  try {
    return ledger().runs().some(({ succeededMs, failures }) =>
      succeededMs !== null && failures === 0
    );
  } catch (thrown) {
    // Then nobody has run well that we know of; the check of the ledger says why.
    if (thrown instanceof PipelineError) return false;
    throw thrown;
  }
}
