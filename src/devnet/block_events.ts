import { MODULE } from "./accounts.ts";
import type { Event } from "./chain_types.ts";
import { event, tagged, transferEvents } from "./events.ts";

/** uallo minted for validators and for topics each block, as on the recorded node. */
const VALIDATOR_REWARD = 578_703_703_703_703n;
/** 98 % go to stakers, a tenth of that to the validator first. */
const COMMISSION = "56712962962962.894000000000000000uallo";
const REWARDS = "567129629629628.940000000000000000uallo";
export const TOPICS_REWARD = 1_736_111_111_111_111n;
const VALIDATOR = "allovaloper1u0e97jvwrd6wyfnpc9pk9req3re95daez224lz";

/** What begins every block: yesterday's emission to the validator, today's to the modules. */
export function beginBlockEvents(height: number): Event[] {
  const validator = `${VALIDATOR_REWARD}uallo`;
  return [
    ...transferEvents(MODULE.feeCollector, MODULE.distribution, validator),
    event("commission", [["amount", COMMISSION], ["validator", VALIDATOR]]),
    event("rewards", [["amount", REWARDS], ["validator", VALIDATOR]]),
    ...transferEvents(MODULE.ecosystem, MODULE.feeCollector, validator),
    ...transferEvents(MODULE.ecosystem, MODULE.rewards, `${TOPICS_REWARD}uallo`),
    event("mint.v3.EventRewardCurrentBlockEmission", [
      ["block_height", `"${height}"`],
      ["token_amount", `"${TOPICS_REWARD}"`],
    ]),
  ].map((one) => tagged(one, "mode", "BeginBlock"));
}
