import { join } from "node:path";
import { fileError, rootFor, shellQuote } from "../../settings/file_error.ts";
import type { CheckResult } from "../check.ts";
import type { HealthContext } from "../context.ts";
import { edit, exactCure } from "../cure.ts";
import { plural } from "../words.ts";

/** Whether every topic that a person has switched on can be worked on, and nobody else changes them. */
export function settings({ settings }: HealthContext): readonly CheckResult[] {
  const { topics, broken, topicsDir, globalFile } = settings;
  const what = { id: "settings" };
  const found: CheckResult[] = broken.map(({ topicId, error }) => {
    const file = join(topicsDir, topicId === undefined ? "" : `${topicId}.env`);
    const more = topicId === undefined ? `ls -l ${shellQuote(file)}` : edit(file, "correct it");
    return {
      ...what,
      ...topicId === undefined ? {} : { topicId },
      status: "CRITICAL",
      message: error.message,
      fix: exactCure(error.hint, more),
    };
  });
  const files = topics.map(({ topicId }) => join(topicsDir, `${topicId}.env`));
  const open = [globalFile, topicsDir, ...files].filter(isOpenToAll);
  const on = { ...what, value: topics.length, crit: "1:" };
  if (topics.length === 0) {
    const message = "no topic is on: nothing is predicted";
    return [{ ...on, status: "CRITICAL", message, fix: switchOn(topicsDir) }, ...found];
  }
  const count = `${plural(topics.length, "topic")} on`;
  if (open.length === 0) return [{ ...on, status: "OK", message: count }, ...found];
  const names = open.map(shellQuote).join(" ");
  const message = `${count}, and everybody on this machine may change ${names}`;
  return [
    { ...on, status: "WARNING", message, fix: `${rootFor(globalFile)}chmod o-w ${names}` },
    ...found,
  ];
}

function switchOn(topicsDir: string): string {
  const file = shellQuote(join(topicsDir, "67.env"));
  return rootFor(topicsDir) === ""
    ? `allora-pipeline help topic-file > ${file}`
    : `allora-pipeline help topic-file | sudo tee ${file}`;
}

function isOpenToAll(path: string): boolean {
  try {
    // In a sticky directory, as orchestrators mount settings in, nobody changes what is another's.
    return ((Deno.statSync(path).mode ?? 0) & 0o1002) === 0o002;
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return false;
    throw fileError("look at", path, thrown);
  }
}
