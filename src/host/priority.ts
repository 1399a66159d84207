import { setPriority } from "node:os";
import { messageOf, PipelineError } from "../errors.ts";

/** As much as nice(1) gives unless told. */
const LESS_URGENT = 10;

/**
 * Lets others go first from now on: there is no way back without privileges, so this is for the last
 * thing a process does. On Linux it is of the calling thread. Throws "denied" where it is not allowed.
 */
export function lowerPriority(): void {
  try {
    setPriority(LESS_URGENT);
  } catch (thrown) {
    throw new PipelineError("denied", `Cannot lower the priority: ${messageOf(thrown)}`, {
      cause: thrown,
      hint: "allow setpriority(2), which systemd's @resources is",
    });
  }
}
