import { Coin } from "./messages.ts";
import { MessageType } from "./wire.ts";
import { any, bool, count, embedded, message, messages, packed, string } from "./wire_kinds.ts";

/** Messages that the Cosmos SDK's and the fee market's query services answer with. */

export const BaseAccount = new MessageType("*types.BaseAccount", {
  address: [1, string],
  pubKey: [2, any],
  accountNumber: [3, count],
  sequence: [4, count],
});
export const AccountInfo = new MessageType("*QueryAccountInfoResponse", {
  info: [1, embedded(BaseAccount)],
});
export const AnyAnswer = new MessageType("*QueryAccountResponse", { account: [1, any] });
export const OneCoin = new MessageType("*QueryBalanceResponse", { balance: [1, message(Coin)] });
export const BasicAllowance = new MessageType("*feegrant.BasicAllowance", {
  spendLimit: [1, messages(Coin)],
});
export const Grant = new MessageType("*feegrant.Grant", {
  granter: [1, string],
  grantee: [2, string],
  allowance: [3, any],
});
export const AllowanceResponse = new MessageType("*QueryAllowanceResponse", {
  allowance: [1, message(Grant)],
});
export const ModuleVersion = new MessageType("*ModuleVersion", {
  name: [1, string],
  version: [2, count],
});
export const ModuleVersions = new MessageType("*QueryModuleVersionsResponse", {
  moduleVersions: [1, messages(ModuleVersion)],
});
export const NodeConfig = new MessageType("*ConfigResponse", {
  minimumGasPrice: [1, string],
  pruningKeepRecent: [2, string],
  pruningInterval: [3, string],
});
export const FeeMarketParams = new MessageType("*types.Params", {
  alpha: [1, string],
  beta: [2, string],
  gamma: [3, string],
  delta: [4, string],
  minBaseGasPrice: [5, string],
  minLearningRate: [6, string],
  maxLearningRate: [7, string],
  maxBlockUtilization: [8, count],
  window: [9, count],
  feeDenom: [10, string],
  enabled: [11, bool],
  distributeFees: [12, bool],
});
export const FeeMarketState = new MessageType("*types.State", {
  baseGasPrice: [1, string],
  learningRate: [2, string],
  window: [3, packed],
});
export const ParamsAnswer = new MessageType("*ParamsResponse", {
  params: [1, message(FeeMarketParams)],
});
export const StateAnswer = new MessageType("*StateResponse", {
  state: [1, message(FeeMarketState)],
});
