import type { CheckResult, Status } from "../../src/health/check.ts";
import type { CheckName } from "../../src/health/checks.ts";
import type { Practice } from "../cycle/practice.ts";
import { type Look, lookAt } from "./bench.ts";

/** What is found, by the status that it must be in. */
type See = (status: Status, results: readonly CheckResult[]) => void;

/** Drives what is found under `id` to each status, by the devnet or by the real thing. */
export interface Drive {
  readonly id: string;
  /** Which of two ways to the same id. */
  readonly way?: string;
  /** Options of the worker that is looked at. */
  readonly chainId?: string;
  readonly isTrained?: boolean;
  drive(worker: Practice, see: See): Promise<void>;
}

/** What a check finds of the worker. */
export const at = (worker: Practice, name: CheckName) => (look: Look = {}) =>
  lookAt(worker, name, look);
