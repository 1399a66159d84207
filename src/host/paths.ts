import { join } from "node:path";

/** Every file the program keeps in its state directory. */
export interface StatePaths {
  readonly ledger: string;
  readonly candles: string;
  /** One lock for each wallet, so that two programs never sign with one account at a time. */
  walletLock(address: string): string;
  /** The lock of whoever delivers alerts. */
  readonly alertLock: string;
  /** Directory of a topic's models: <id>.json, and promoted.json, which names the one that predicts. */
  models(topicId: bigint): string;
  /** The one model of a topic, where earlier versions kept it. */
  oldModel(topicId: bigint): string;
}

/** The files under a state directory; nothing is created. */
export function statePaths(stateDir: string): StatePaths {
  return {
    ledger: join(stateDir, "ledger.db"),
    candles: join(stateDir, "candles.db"),
    walletLock: (address) => join(stateDir, `${address}.lock`),
    alertLock: join(stateDir, "alerts.lock"),
    models: (topicId) => join(stateDir, "models", String(topicId)),
    oldModel: (topicId) => join(stateDir, "models", `${topicId}.json`),
  };
}

/** Whether something is there, also where it may not be looked at. */
export function isThere(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch (thrown) {
    return !(thrown instanceof Deno.errors.NotFound || thrown instanceof Deno.errors.NotADirectory);
  }
}
