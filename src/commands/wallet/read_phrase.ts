import { PipelineError } from "../../errors.ts";

/** Where the words come from: Deno.stdin. */
export type Stdin = Pick<typeof Deno.stdin, "isTerminal" | "setRaw" | "read">;

/** Longer than 24 words of any list can be. */
const MAX_BYTES = 1024;

/** Keys as a terminal in raw mode sends them. */
const [CTRL_C, CTRL_D, CTRL_U, BACKSPACE] = ["\x03", "\x04", "\x15", /[\b\x7f]/] as const;

/**
 * The text that is typed, or piped in, up to its end. From a terminal nothing is echoed, and because
 * words may be pasted one a line, it ends with an empty line: what came after an earlier end would go to
 * the shell. Throws "config" for what cannot be a phrase, "retry" at Ctrl-C.
 */
export async function readPhrase(stdin: Stdin, prompt: (text: string) => void): Promise<string> {
  if (!stdin.isTerminal()) return await readUntil(stdin, (text) => ({ text, isDone: false }));
  const question = "Recovery phrase (it is not shown; end with an empty line): ";
  return await readHidden(stdin, question, prompt, typed);
}

/** One line that is typed on a terminal without being shown. Throws as readPhrase() does. */
export async function readSecretLine(
  stdin: Stdin,
  question: string,
  prompt: (text: string) => void,
): Promise<string> {
  const line = (keys: string) => {
    const { text, isDone } = typed(keys.replace(/[\r\n][^]*$/, ""));
    return { text, isDone: isDone || /[\r\n]/.test(keys) };
  };
  return (await readHidden(stdin, question, prompt, line)).trim();
}

async function readHidden(
  stdin: Stdin,
  question: string,
  prompt: (text: string) => void,
  edit: Edit,
): Promise<string> {
  stdin.setRaw(true);
  try {
    // Only now: what is typed before would be shown.
    prompt(question);
    return await readUntil(stdin, edit);
  } finally {
    stdin.setRaw(false);
    prompt("\n");
  }
}

/** What was received so far as text, and whether that is all. */
type Edit = (received: string) => { readonly text: string; readonly isDone: boolean };

async function readUntil(stdin: Stdin, edit: Edit): Promise<string> {
  const received = new Uint8Array(MAX_BYTES + 1);
  let length = 0;
  while (true) {
    const count = await stdin.read(received.subarray(length));
    length += count ?? 0;
    if (length > MAX_BYTES) throw refusal(`it is longer than ${MAX_BYTES} bytes`);
    const { text, isDone } = edit(decoded(received.subarray(0, length), count !== null));
    if (count === null || isDone) return text;
  }
}

function decoded(bytes: Uint8Array<ArrayBuffer>, stream: boolean): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream });
  } catch {
    throw refusal("it is not UTF-8 text");
  }
}

function typed(keys: string): ReturnType<Edit> {
  let text = "";
  for (const key of keys.replaceAll("\r\n", "\r")) {
    if (key === CTRL_C) {
      throw new PipelineError("retry", "Stopped: nothing was written");
    }
    if (key === CTRL_D) return { text, isDone: true };
    if (key === "\r" || key === "\n") {
      if (/\n *$/.test(text)) return { text, isDone: true };
      if (text.trim() !== "") text += "\n";
    } else if (key === CTRL_U) text = text.replace(/[^\n]*$/, "");
    else if (BACKSPACE.test(key)) text = text.slice(0, -1);
    else text += key;
  }
  return { text, isDone: false };
}

function refusal(what: string): PipelineError {
  return new PipelineError("config", `Cannot use the mnemonic: ${what}`, {
    hint: "give the words alone",
  });
}
