import { PipelineError } from "../../errors.ts";
import type { Invocation } from "../command.ts";
import type { Terminal } from "../terminal_io.ts";
import { readPhrase, readSecretLine } from "../wallet/read_phrase.ts";

/** Something that a person has to decide. */
export interface Question<T> {
  /** Answers it without asking. */
  readonly flag: string;
  readonly text: string;
  /** What Enter means, and --yes. */
  readonly byDefault?: string;
  /** Throws PipelineError saying what is allowed. */
  parse(text: string): T | Promise<T>;
}

/** Where answers come from: the flags, then a person at a terminal, then the defaults if --yes is given. */
export interface Questions {
  /** Whether a person is there to be asked. */
  readonly isAsking: boolean;
  /** Throws "usage" when nobody can be asked and there is no default, what parse() throws, "retry" at Ctrl-D. */
  answer<T>(question: Question<T>): Promise<T>;
  /** What is typed unseen; "" for Enter alone. A person is asked again until it `isSound`. */
  secret(text: string, isSound: (text: string) => boolean, allowed: string): Promise<string>;
  /** A recovery phrase that is typed unseen. */
  phrase(): Promise<string>;
  /** Waits for Enter; throws "retry" at Ctrl-C, which then does not end the process. */
  pause(text: string): Promise<void>;
}

/** The questions of one run. A person is asked only where stdin and stdout are terminals. */
export function questionsOf({ values, switches }: Invocation, terminal: Terminal): Questions {
  const isYes = switches.has("yes");
  const isAsking = !isYes && terminal.isInteractive && Deno.stdin.isTerminal();
  const say = (text: string) => terminal.out(text);
  const untilSound = async <T>(ask: () => Promise<T>): Promise<T> => {
    for (;;) {
      try {
        return await ask();
      } catch (thrown) {
        if (!(thrown instanceof PipelineError) || thrown.kind === "retry") throw thrown;
        say(`  ${thrown.message}\n`);
      }
    }
  };
  return {
    isAsking,
    async answer({ flag, text, byDefault, parse }) {
      const given = values[flag];
      if (given !== undefined) return await parse(given);
      if (isAsking) {
        return await untilSound(async () => {
          say(`${text}${byDefault === undefined ? "" : ` [${byDefault}]`}: `);
          return await parse(await readLine() || (byDefault ?? ""));
        });
      }
      if (isYes && byDefault !== undefined) return await parse(byDefault);
      throw unanswered(flag, byDefault !== undefined);
    },
    secret: (text, isSound, allowed) =>
      untilSound(async () => {
        const typed = await readSecretLine(Deno.stdin, `${text} (it is not shown): `, say);
        if (typed === "" || isSound(typed)) return typed;
        throw new PipelineError("usage", `Cannot use it: it is not ${allowed}`);
      }),
    phrase: () => readPhrase(Deno.stdin, say),
    async pause(text) {
      await readSecretLine(Deno.stdin, text, say);
    },
  };
}

/** Throws "usage": nobody is there to be asked. */
export function unanswered(flag: string, hasDefault = false): PipelineError {
  return new PipelineError("usage", `Cannot ask: --${flag} is missing`, {
    hint: `give --${flag}${hasDefault ? ", or --yes for what is usual" : ""}`,
  });
}

/** As long as a terminal lets a line be. */
const MAX_LINE = 4096;

async function readLine(): Promise<string> {
  const bytes = new Uint8Array(MAX_LINE);
  for (let length = 0; length < MAX_LINE;) {
    const count = await Deno.stdin.read(bytes.subarray(length));
    if (count === null) throw new PipelineError("retry", "Stopped: nothing more was written");
    length += count;
    if (bytes[length - 1] === 0x0a) {
      return new TextDecoder().decode(bytes.subarray(0, length)).trim();
    }
  }
  throw new PipelineError("usage", `Cannot read the answer: it is longer than ${MAX_LINE} bytes`);
}

/** One of some words. Throws "usage" for another. */
export function wordOf<const Word extends string>(flag: string, words: readonly Word[]) {
  return (text: string): Word => {
    const found = words.find((word) => word === text);
    if (found !== undefined) return found;
    throw new PipelineError(
      "usage",
      `Cannot use --${flag} ${JSON.stringify(text)}: allowed is one of ${words.join(", ")}`,
      { hint: `Correct --${flag}` },
    );
  };
}
