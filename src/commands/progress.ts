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
      terminal.out(
        `\r\x1b[K[${clockOf(nowMs - startMs)}] ${Math.round((100 * done) / total)} %  ${what}`,
      );
    }
  };
}

/** Longer than this nobody waits without a word. */
const SILENCE_MS = 1000;

/** A wait that shows itself: "[0:02]  what", drawn over on a terminal only, and gone when disposed. */
export interface Waiting extends Disposable {
  /** What is waited for from now on. */
  on(what: string): void;
  /** The terminal, on which whatever is printed meanwhile gets a line of its own. */
  readonly terminal: Terminal;
}

/** Begins a wait. */
export function waiting(terminal: Terminal, what: string): Waiting {
  const startMs = terminal.host.nowMs();
  let said = what;
  let isDrawn = false;
  const wipe = () => {
    if (isDrawn) terminal.out("\r\x1b[K");
    isDrawn = false;
  };
  const draw = () => {
    const waitedMs = terminal.host.nowMs() - startMs;
    if (waitedMs < SILENCE_MS) return;
    terminal.out(`\r\x1b[K[${clockOf(waitedMs)}]  ${said}`);
    isDrawn = true;
  };
  const timer = terminal.isInteractive ? setInterval(draw, SILENCE_MS / 4) : undefined;
  return {
    on: (next) => void (said = next),
    terminal: {
      ...terminal,
      out: (text) => (wipe(), terminal.out(text)),
      err: (text) => (wipe(), terminal.err(text)),
    },
    [Symbol.dispose]: () => (clearInterval(timer), wipe()),
  };
}

function clockOf(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
