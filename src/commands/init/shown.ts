import { paint, table } from "../../host/terminal.ts";
import type { TopicPace } from "../../cycle/topic_pace.ts";
import type { Place } from "../../settings.ts";
import type { Block } from "../doctor/examine.ts";
import { blocksText, tally, tallyText, VERDICTS } from "../doctor/report.ts";
import { switchOff } from "../doctor/unit_files.ts";
import { needsDaemon } from "../schedule.ts";
import type { Existing } from "./existing.ts";
import type { Step } from "./finish.ts";
import type { Plan } from "./plan.ts";
import { isInstalled } from "./write.ts";

/** What is set already, for whoever goes on from there. */
export function existingText(
  { place, file, topicIds, shown }: Existing,
  hasWallet: boolean,
): string {
  const names = [...file.keys()].join(", ");
  const rows = [
    ...names === "" ? [] : [["settings", `${shown(place.globalFile)}: ${names}`]],
    ...topicIds.length === 0 ? [] : [["topics", topicIds.join(", ")]],
    ...hasWallet ? [["wallet", "kept"]] : [],
  ];
  return rows.length === 0 ? "" : `There already, and kept:\n${indented(table(rows))}\n\n`;
}

const indented = (text: string) => text.replace(/^/gm, "  ");

/** The files of the plan; a secret's content is never told. */
export function planText(plan: Plan, isDryRun: boolean, shown: Existing["shown"]): string {
  const { wallet } = plan;
  const verb = isDryRun ? "would write" : "wrote";
  const files = filesOf(plan).map(({ path, mode, lines }) =>
    `${verb} ${shown(path)}${mode === undefined ? "" : `, mode ${mode}`}\n` +
    lines.map((line) => `  ${line}\n`).join("")
  );
  const address = wallet.address === undefined ? "" : `wallet ${wallet.address}, ${wallet.state}\n`;
  if (files.length === 0) return `${address}nothing to write: everything is set\n`;
  return `\n${address}${files.join("")}${isDryRun ? "\nnothing was written\n" : ""}`;
}

/** The files of the plan: what each one gains, or the mode of a secret one. */
export function filesOf({ wallet, secrets, texts }: Plan) {
  const secret = (path: string) => ({ path, mode: "0600", lines: [] });
  return [
    ...wallet.state === "kept" ? [] : [secret(wallet.path)],
    ...secrets.map(({ path }) => secret(path)),
    ...texts.map(({ path, lines }) => ({ path, mode: undefined, lines })),
  ];
}

/** One line for a step that is done, and the cure below one that failed. */
export function stepText({ what, said, error }: Step, colour: boolean): string {
  const mark = error === undefined ? paint("ok", "green", colour) : paint("fail", "red", colour);
  const cure = error?.hint === undefined ? "" : `        To fix: ${error.hint}\n`;
  return `  ${mark}${error === undefined ? "    " : "  "}${what}: ${said}\n${cure}`;
}

/** Doctor's seven answers: what is well is only counted. */
export function answersText(blocks: readonly Block[], colour: boolean): string {
  const ill = blocks.map((block) => ({
    ...block,
    results: block.results.filter(({ status }) => VERDICTS[status] !== "ok"),
  })).filter(({ results }) => results.length > 0);
  const counts = tally(blocks);
  const verdict = counts.fail === 0 ? paint("GO", "green", colour) : paint("NO GO", "red", colour);
  return `${blocksText(ill, colour)}${ill.length === 0 ? "" : "\n"}${
    tallyText(counts, colour)
  }: ${verdict}\n`;
}

/** A command and why. */
type Next = readonly [command: string, why: string];

/** What to type next, a person's commands in order. */
export function nextSteps(
  paces: readonly TopicPace[],
  place: Place,
  isGo: boolean,
  channels: readonly string[],
): readonly Next[] {
  const steps: readonly Next[] = [
    ...isGo ? [] : [["doctor --go-live", "once the failures above are cured"] as const],
    ...channels.length === 0
      ? []
      : [["alert --test", `a word on every channel: ${channels.join(", ")}`] as const],
    ...isInstalled(place) ? [] : byHand(paces),
    ["status", "how everything stands"],
  ];
  const sudo = isInstalled(place) ? "sudo " : "";
  const typed = steps.map(([command, why]): Next => [`${sudo}allora-pipeline ${command}`, why]);
  return isInstalled(place) ? typed.toSpliced(-1, 0, ...byUnits(paces)) : typed;
}

const isForDaemon = (paces: readonly TopicPace[]) => paces.some(needsDaemon);

function byUnits(paces: readonly TopicPace[]): readonly Next[] {
  const [unit, what] = isForDaemon(paces)
    ? ["allora-pipeline.service", "the daemon"]
    : ["allora-pipeline.target", "the timers"];
  const first = switchOff(isForDaemon(paces) ? "daemon" : "timer");
  return [
    ...first === undefined ? [] : [[`sudo ${first}`, "one or the other, never both"] as const],
    [`sudo systemctl enable --now ${unit}`, what],
  ];
}

function byHand(paces: readonly TopicPace[]): readonly Next[] {
  return isForDaemon(paces) ? [["daemon", "it stays, and is stopped by Ctrl-C"]] : [
    ["submit", "one visit now; again every 5 minutes is enough"],
    ["schedule --cron", "lines for crontab that do so"],
  ];
}

/** The last lines. */
export function nextText(
  steps: readonly Next[],
  channels: readonly string[],
  isProven: boolean,
): string {
  const rows = table(steps.map(([command, why]) => [command, `# ${why}`]));
  const news = channels.length === 0
    ? "\nNo channel of alerts is on: allora-pipeline init --alerts slack (or another) puts one on.\n"
    : isProven
    ? ""
    : `\nWhen the first submission is confirmed, ${channels.join(", ")} will hear of it.\n`;
  return `\nNext:\n${indented(rows)}\n${news}`;
}
