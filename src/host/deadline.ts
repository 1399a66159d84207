/** A signal that is aborted when a time is up. */
export interface Deadline extends Disposable {
  readonly signal: AbortSignal;
}

/**
 * Aborted after `ms` milliseconds, or with `parent` and its reason. Disposing it leaves nothing behind
 * on the parent: AbortSignal.any() would, once for every visit of a process that never ends.
 */
export function deadline(ms: number, parent: AbortSignal): Deadline {
  const controller = new AbortController();
  const onAbort = () => controller.abort(parent.reason);
  if (parent.aborted) onAbort();
  parent.addEventListener("abort", onAbort);
  const timer = setTimeout(
    () => controller.abort(new Error(`it was not done within ${ms / 1000} s`)),
    ms,
  );
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      clearTimeout(timer);
      parent.removeEventListener("abort", onAbort);
    },
  };
}
