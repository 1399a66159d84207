import { choice, path, type SettingType } from "./setting_type.ts";

/** A model of the person's own: a URL that is asked, a file with a prediction, or an ONNX graph. */
export type OwnModel =
  | { readonly kind: "http"; readonly url: string }
  | { readonly kind: "file" | "onnx"; readonly path: string };

const learner = choice(
  ...["auto", "ridge", "trees", "har", "ensemble", "zero", "mean", "ewma", "persistence"] as const,
);
type LearnerName = NonNullable<ReturnType<typeof learner.parse>>;

/** A built-in learner by its name, or where another model is. */
export const model: SettingType<LearnerName | OwnModel> = {
  word: "MODEL",
  allowed:
    `${learner.allowed}, file:PATH, onnx:PATH, an https URL, or an http URL on this machine ` +
    "(127.0.0.1, localhost, [::1]) without user name, password or query",
  parse: (text, cwd) => learner.parse(text, cwd) ?? fileModel(text, cwd) ?? httpModel(text),
};

function fileModel(text: string, cwd: string): OwnModel | undefined {
  const [, kind, name] = /^(file|onnx):(.+)$/.exec(text) ?? [];
  const at = name === undefined ? undefined : path.parse(name, cwd);
  return at === undefined ? undefined : { kind: kind === "file" ? "file" : "onnx", path: at };
}

/** What leaves the machine in the clear could be changed on its way, and is a prediction that costs. */
function httpModel(text: string): OwnModel | undefined {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return undefined;
  const { protocol, hostname, username, password, search, hash, href } = new URL(text);
  const isLoopback = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
  if ((protocol !== "https:" && !isLoopback) || username || password || search || hash) {
    return undefined;
  }
  return { kind: "http", url: href };
}
