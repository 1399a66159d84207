import type { WindowFacts } from "./block_tally.ts";
import { type Deck, shuffleDeck } from "./kill_aims.ts";
import { layOutBench } from "./kill_bench.ts";
import { type Deeds, runLane } from "./kill_lane.ts";
import type { Program } from "./kill_program.ts";

/** `kills` and `rounds` are those of all lanes together. */
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
  const { program, lanes, windowBlocks, onProgress = () => {} } = options;
  const deal = shuffleDeck(options);
  const deeds: Deeds = { kills: [], visited: [], complaints: [] };
  const timer = setInterval(() => onProgress(deeds), 10_000);
  try {
    const windows = await Promise.all(lanes.map(async (topics) => {
      await using bench = await layOutBench(program, topics, windowBlocks);
      await runLane(program, bench, deal(), deeds);
      return bench.tally.windows;
    }));
    return { deeds, windows: windows.flat() };
  } finally {
    clearInterval(timer);
  }
}
