import type { Run } from "./run.ts";

/** An answer that is good for as long as the run waits between two looks; whoever asks meanwhile shares it. */
export class Remembered<T> {
  readonly #run: Pick<Run, "host" | "pollMs">;
  readonly #ask: () => Promise<T>;
  #asked: { readonly atMs: number; readonly answer: Promise<T> } | undefined;

  constructor(run: Pick<Run, "host" | "pollMs">, ask: () => Promise<T>) {
    this.#run = run;
    this.#ask = ask;
  }

  value(): Promise<T> {
    const nowMs = this.#run.host.nowMs();
    if (this.#asked !== undefined && nowMs - this.#asked.atMs < this.#run.pollMs) {
      return this.#asked.answer;
    }
    const asked = { atMs: nowMs, answer: this.#ask() };
    this.#asked = asked;
    asked.answer.catch(() => {
      if (this.#asked === asked) this.#asked = undefined;
    });
    return asked.answer;
  }

  forget(): void {
    this.#asked = undefined;
  }
}
