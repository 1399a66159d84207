import { join } from "node:path";
import { messageOf } from "../../errors.ts";
import type { CheckResult } from "../check.ts";
import type { AlertContext, Alerted } from "./alert_on.ts";
import type { Channel } from "./channel.ts";
import { deliverNow } from "./deliver_now.ts";
import { noticeOfTurn } from "./notice.ts";

/**
 * Tells what is wrong when the ledger, which knows what was told, is what is broken: at once, and the
 * same again after ALLORA_ALERT_REPEAT, as far as a file beside the ledger can say so; where not even
 * that can be written, each time.
 */
export async function alertUntracked(
  results: readonly CheckResult[],
  context: AlertContext,
  channels: readonly Channel[],
  thrown: unknown,
): Promise<Alerted> {
  const { host, tell, hostName } = context;
  const nowMs = host.nowMs();
  tell("alert.failed", { error: messageOf(thrown) });
  const wrong = results.filter(({ id, status }) => status !== "OK" && id !== "ledger");
  const troubles: readonly CheckResult[] = [{
    ...{ id: "ledger", status: "CRITICAL", message: messageOf(thrown) },
    fix: "allora-pipeline ledger check",
  }, ...wrong];
  const names = troubles.map(({ id, topicId, subject, status }) =>
    [id, topicId, subject, status].join("/")
  ).join("\n");
  if (wasTold(context, names)) return { notices: [], told: new Map() };
  const notices = troubles.map((result) =>
    noticeOfTurn({ kind: "raised", result, sinceMs: nowMs }, { hostName, nowMs })
  );
  const told = await deliverNow(channels, notices, context);
  for (const [channel, failure] of told) {
    if (failure === undefined) continue;
    tell("alert.not_delivered", { channel, error: failure.message, hint: failure.hint });
  }
  if ([...told.values()].includes(undefined)) remember(context, names);
  return { notices, told };
}

const FILE = "alerts-without-ledger";

function wasTold({ settings, host }: AlertContext, names: string): boolean {
  try {
    const [toldMs, ...told] = Deno.readTextFileSync(join(settings.stateDir, FILE)).split("\n");
    const ageMs = host.nowMs() - Number(toldMs);
    return ageMs >= 0 && ageMs < settings.alertRepeatMs && told.join("\n") === names;
  } catch {
    // Whatever keeps it from being read: nobody can say that it was told.
    return false;
  }
}

function remember({ settings, host, tell }: AlertContext, names: string): void {
  try {
    const text = `${host.nowMs()}\n${names}`;
    Deno.writeTextFileSync(join(settings.stateDir, FILE), text, { mode: 0o600 });
  } catch (thrown) {
    tell("alert.failed", { error: messageOf(thrown) });
  }
}
