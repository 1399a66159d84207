import { CRASH_POINTS } from "../../src/host/crash_point.ts";
import { table } from "../../src/host/terminal.ts";
import type { WindowFacts } from "./block_tally.ts";
import type { Deeds, Kill } from "./kill_lane.ts";

/** What the blocks say that the kills have cost; all of it should be 0. */
export interface Damage {
  readonly lost: number;
  readonly doubled: number;
  readonly paidTwice: number;
}

/**
 * Lost: the closed active set lacks us, though a full visit began and ended in the window. Doubled: more
 * than one payload of ours succeeded. Paid twice: payloads in blocks beyond the first, whatever their code.
 */
export function damageOf(
  windows: readonly WindowFacts[],
  visited: readonly WindowFacts[],
): Damage {
  return {
    lost: visited.filter(({ isCounted }) => !isCounted).length,
    doubled: windows.filter(({ payloads }) => payloads.filter(({ code }) => code === 0).length > 1)
      .length,
    paidTwice: windows.reduce((sum, { payloads }) => sum + Math.max(0, payloads.length - 1), 0),
  };
}

/** Whether the random kills, as the last line of the report counts them. */
export function isRandom({ aim }: Kill): boolean {
  return aim.kind !== "held";
}

/** Tables by kind and by crash point, and the one line that counts. */
export function reportOf(deeds: Deeds, windows: readonly WindowFacts[]): string {
  const { kills, visited, complaints } = deeds;
  const { lost, doubled, paidTwice } = damageOf(windows, visited);
  const row = (name: string, some: readonly Kill[]) => [
    name,
    String(some.length),
    String(some.filter(({ wasUnderWay }) => wasUnderWay).length),
  ];
  const of = (kind: Kill["aim"]["kind"]) => kills.filter(({ aim }) => aim.kind === kind);
  const kinds = table([
    ["kill", "times", "between signed and confirmed"],
    row("at any moment of a visit", of("anywhere")),
    row("soon after the signature", of("signed")),
    row("held at a crash point", of("held")),
  ]);
  const points = table([
    ["crash point", "times", "between signed and confirmed", "recovery killed at"],
    ...CRASH_POINTS.map((point) => [
      ...row(point, kills.filter(({ aim }) => aim.kind === "held" && aim.point === point)),
      seconds(kills, point).join(" "),
    ]),
  ]);
  const included = windows.filter(({ payloads }) => payloads.length > 0).length;
  return `${kinds}\n${points}\n` +
    `windows ${windows.length}, with a payload of ours ${included}, ` +
    `judged after a full visit ${visited.length}\n` +
    complaints.map((text) => `${text}\n`).join("") +
    `kills ${kills.filter(isRandom).length}, windows lost ${lost}, ` +
    `double inclusions ${doubled}, fees paid twice ${paidTwice}\n`;
}

/** At which points the visit after a kill at `point` was killed in its turn. */
function seconds(kills: readonly Kill[], point: string): string[] {
  const met = kills.flatMap(({ after, aim }) =>
    after === point && aim.kind === "held" ? aim.point : []
  );
  return [...new Set(met)].sort();
}
