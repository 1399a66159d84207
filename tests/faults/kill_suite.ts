import type { WindowFacts } from "./block_tally.ts";
import { dealAims, type Deck } from "./kill_aims.ts";
import { layOutBench } from "./kill_bench.ts";
import { type Deeds, runLane } from "./kill_lane.ts";
import type { Program } from "./kill_program.ts";

/** `kills` are those of all lanes, `rounds` those of each. */
export interface SuiteOptions extends Deck {
  readonly program: Program;
  /** Topics of each lane's worker; the lanes run side by side, each with a wallet of its own. */
  readonly lanes: readonly number[];
  readonly windowBlocks: number;
  readonly onProgress?: (deeds: Deeds) => void;
}

export interface SuiteResult {
  readonly deeds: Deeds;
  readonly windows: readonly WindowFacts[];
}

/** The program is killed, and killed again, and left alone once in each window; see kill_report.ts. */
export async function runSuite(options: SuiteOptions): Promise<SuiteResult> {
  const { program, lanes, kills, windowBlocks, onProgress = () => {} } = options;
  const deeds: Deeds = { kills: [], visited: [], complaints: [] };
  const timer = setInterval(() => onProgress(deeds), 10_000);
  try {
    const windows = await Promise.all(lanes.map(async (topics) => {
      await using bench = await layOutBench(program, topics, windowBlocks);
      const aims = dealAims({ ...options, kills: Math.ceil(kills / lanes.length) });
      await runLane(program, bench, aims, deeds);
      return bench.tally.windows;
    }));
    return { deeds, windows: windows.flat() };
  } finally {
    clearInterval(timer);
  }
}
