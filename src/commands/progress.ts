import type { Terminal } from "./terminal_io.ts";

/** Nothing is drawn before this much time: quick work needs no progress. */
const QUIET_MS = 500;

/** A line "[0:12] 42 %  what" that is drawn over, on a terminal only, and gone when the work is done. */
export function progressOn(
  terminal: Terminal,
  what: string,
): (done: number, total: number) => void {
  const startMs = terminal.host.nowMs();
  let drawnMs = startMs + QUIET_MS;
  return (done, total) => {
    const nowMs = terminal.host.nowMs();
    if (!terminal.isInteractive) return;
    if (done >= total) terminal.out("\r\x1b[K");
    else if (nowMs > drawnMs) {
      drawnMs = nowMs + 100;
      const seconds = Math.floor((nowMs - startMs) / 1000);
      const clock = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
      terminal.out(`\r\x1b[K[${clock}] ${Math.round((100 * done) / total)} %  ${what}`);
    }
  };
}
