/** What each exit code means (sysexits.h); of several topics the first in this order is the run's. */
export const EXIT_CODE_MEANINGS: readonly (readonly [code: number, meaning: string])[] = [
  [0, "done, or nothing to do"],
  [70, "a defect, or an answer nobody has seen before"],
  [78, "a setting or a file of yours is wrong"],
  [77, "not permitted: file modes, the topic's whitelist"],
  [69, "a node, a venue or the wallet's funds are not there"],
  [65, "input that must not be used, or a prediction that the validator refused"],
  [75, "nothing is wrong that the next visit does not cure"],
  [64, "the command line"],
];
