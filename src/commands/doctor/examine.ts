import type { CheckResult } from "../../health/check.ts";
import { check } from "../../health/checks.ts";
import { toPaste } from "../../health/cure.ts";
import { unknown } from "../../health/found.ts";
import { isThere, statePaths } from "../../host/paths.ts";
import { alerts } from "./alerts.ts";
import { endpoints } from "./endpoints.ts";
import type { Examined } from "./examined.ts";
import { keys } from "./keys.ts";
import { model } from "./model.ts";
import { permissions } from "./permissions.ts";
import { system } from "./system.ts";
import { topics } from "./topics.ts";
import { units } from "./units.ts";
import { wallet } from "./wallet.ts";

/** One subject and what was found of it. */
export interface Block {
  readonly subject: string;
  readonly results: readonly CheckResult[];
}

interface Look {
  readonly look: (examined: Examined) => readonly CheckResult[] | Promise<readonly CheckResult[]>;
  /** It tells nothing without the network. */
  readonly isOnline?: true;
}

/** Every subject, in the order in which they are told. */
const SUBJECTS = {
  system: { look: system },
  settings: { look: settings },
  permissions: { look: permissions },
  endpoints: { look: endpoints, isOnline: true },
  clock: { look: ({ health }) => check(health, ["clock"]), isOnline: true },
  wallet: { look: wallet },
  keys: { look: keys },
  market: { look: ({ health }) => check(health, ["market"]), isOnline: true },
  topics: { look: topics, isOnline: true },
  model: { look: model },
  ledger: { look: ledger },
  units: { look: units },
  alerts: { look: alerts },
} as const satisfies Readonly<Record<string, Look>>;

export type Subject = keyof typeof SUBJECTS;

/** Looks at the subjects named, or at all, at the same time; one that cannot be looked at says why. */
export async function examine(
  examined: Examined,
  only?: readonly Subject[],
): Promise<readonly Block[]> {
  const rows: readonly (readonly [string, Look])[] = Object.entries(SUBJECTS);
  const wanted = rows.filter(([name, { isOnline }]) =>
    (only === undefined || only.some((each) => each === name)) &&
    !(examined.isOffline && isOnline)
  );
  return await Promise.all(wanted.map(async ([name, { look }]): Promise<Block> => {
    try {
      const results = (await look(examined)).map((result) => pasteable(examined, result));
      return { subject: name, results };
    } catch (thrown) {
      return { subject: name, results: [unknown(thrown, { id: name }, "allora-pipeline health")] };
    }
  }));
}

/** With the cure as it has to be typed on this machine. */
export function pasteable({ settings, root }: Examined, result: CheckResult): CheckResult {
  const { fix, ...found } = result;
  return fix === undefined ? found : { ...found, fix: toPaste(fix, settings, root) };
}

/** Where everything is read from and written to, and whether it can be used. */
async function settings({ place, settings, health }: Examined): Promise<readonly CheckResult[]> {
  const found = (id: string, path: string): CheckResult => ({
    ...{ id, status: "OK", message: isThere(path) ? path : `${path} (not there)` },
  });
  return [
    found("settings file", place.globalFile),
    found("topic files", place.topicsDir),
    found("state", settings.stateDir),
    found("log", settings.logDir),
    ...await check(health, ["settings", "pause"]),
  ];
}

async function ledger(
  { health, settings: { stateDir } }: Examined,
): Promise<readonly CheckResult[]> {
  const path = statePaths(stateDir).ledger;
  if (isThere(path)) return await check(health, ["ledger"]);
  return [{ id: "ledger", status: "OK", message: `${path}: none yet, the first visit makes it` }];
}
