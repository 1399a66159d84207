import type { Account, Accounts } from "./accounts.ts";
import { ChainError, SDK } from "./chain_error.ts";
import type { ChainOptions, IncludedTx } from "./chain_types.ts";
import {
  AccountInfo,
  AllowanceResponse,
  AnyAnswer,
  BaseAccount,
  BasicAllowance,
  ModuleVersions,
  NodeConfig,
  OneCoin,
  ParamsAnswer,
  StateAnswer,
} from "./cosmos_answers.ts";
import { answerEmissionsQuery } from "./emissions_queries.ts";
import type { Execution } from "./execute.ts";
import { FEE_MARKET_PARAMS, type FeeMarket } from "./fee_market.ts";
import { SIMULATION_SHORTFALL } from "./gas.ts";
import { grpcError } from "./grpc_error.ts";
import { PubKey } from "./messages.ts";
import type { Topic } from "./topics.ts";
import { getTxResponse, simulateResponse } from "./tx_response.ts";
import { type Fields, MessageType, type Shape, WireError } from "./wire.ts";
import { bytes, string } from "./wire_kinds.ts";

export interface QueryContext {
  readonly generation: 9 | 10;
  readonly height: number;
  readonly accounts: Accounts;
  readonly topics: ReadonlyMap<number, Topic>;
  readonly feeMarket: FeeMarket;
  readonly options: ChainOptions;
  timeOf(height: number): number;
  tx(hash: string): IncludedTx | undefined;
  simulate(bytes: Uint8Array): Execution;
}

type Handler = (request: Uint8Array, context: QueryContext) => Uint8Array;

/** Answers an ABCI query; undefined when no service has the path. Throws ChainError. */
export function answerQuery(
  path: string,
  request: Uint8Array,
  context: QueryContext,
): Uint8Array | undefined {
  try {
    const handler = HANDLERS[path];
    if (handler !== undefined) return handler(request, context);
    return answerEmissionsQuery(path, request, context);
  } catch (error) {
    if (error instanceof WireError) throw SDK.invalidRequest.wrap(error.message);
    throw error;
  }
}

function handle<S extends Shape>(
  type: MessageType<S>,
  answer: (request: Fields<S>, context: QueryContext) => Uint8Array,
): Handler {
  return (request, context) => answer(type.decode(request), context);
}

const Nothing = new MessageType("*Empty", {});
const ByAddress = new MessageType("*QueryAccountRequest", { address: [1, string] });
const BalanceRequest = new MessageType("*QueryBalanceRequest", {
  address: [1, string],
  denom: [2, string],
});
const ByDenom = new MessageType("*GasPriceRequest", { denom: [1, string] });
const AllowanceRequest = new MessageType("*QueryAllowanceRequest", {
  granter: [1, string],
  grantee: [2, string],
});
const SimulateRequest = new MessageType("*SimulateRequest", { txBytes: [2, bytes] });
const GetTxRequest = new MessageType("*GetTxRequest", { hash: [1, string] });
const ModuleRequest = new MessageType("*QueryModuleVersionsRequest", { moduleName: [1, string] });

/** Consensus versions of the emissions module (0.16 and 0.17). */
const EMISSIONS_VERSION = { 9: 14, 10: 15 } as const;

const HANDLERS: Readonly<Record<string, Handler>> = {
  "/cosmos.auth.v1beta1.Query/AccountInfo": handle(
    ByAddress,
    ({ address }, context) => AccountInfo.encode({ info: baseAccount(existing(context, address)) }),
  ),
  "/cosmos.auth.v1beta1.Query/Account": handle(
    ByAddress,
    ({ address }, context) =>
      AnyAnswer.encode({
        account: {
          typeUrl: "/cosmos.auth.v1beta1.BaseAccount",
          value: BaseAccount.encode(baseAccount(existing(context, address))),
        },
      }),
  ),
  "/cosmos.bank.v1beta1.Query/Balance": handle(
    BalanceRequest,
    ({ address, denom }, context) =>
      OneCoin.encode({
        balance: {
          denom,
          amount: denom === "uallo" ? String(context.accounts.get(address)?.balance ?? 0n) : "0",
        },
      }),
  ),
  "/cosmos.feegrant.v1beta1.Query/Allowance": handle(
    AllowanceRequest,
    (request, context) => AllowanceResponse.encode({ allowance: grant(request, context) }),
  ),
  "/cosmos.tx.v1beta1.Service/Simulate": handle(SimulateRequest, ({ txBytes }, context) => {
    const done = context.simulate(txBytes);
    const gasUsed = Math.max(done.gasUsed - SIMULATION_SHORTFALL, 0);
    if (done.error !== undefined) throw simulationError(done.error, gasUsed);
    return simulateResponse(done, gasUsed);
  }),
  "/cosmos.tx.v1beta1.Service/GetTx": handle(GetTxRequest, ({ hash }, context) => {
    const included = context.tx(hash.toUpperCase());
    if (included === undefined) throw grpcError("NotFound", `tx not found: ${hash}`);
    return getTxResponse(included, context.timeOf(included.height));
  }),
  "/cosmos.upgrade.v1beta1.Query/CurrentPlan": () => new Uint8Array(),
  "/cosmos.upgrade.v1beta1.Query/ModuleVersions": handle(ModuleRequest, (request, context) => {
    const { moduleName } = request;
    if (moduleName !== "" && moduleName !== "emissions") {
      throw SDK.notFound.wrap(`module ${moduleName} not found`);
    }
    const version = EMISSIONS_VERSION[context.generation];
    return ModuleVersions.encode({ moduleVersions: [{ name: "emissions", version }] });
  }),
  "/cosmos.base.node.v1beta1.Service/Config": () =>
    NodeConfig.encode({ pruningKeepRecent: "0", pruningInterval: "0" }),
  "/feemarket.feemarket.v1.Query/GasPrice": handle(ByDenom, ({ denom }, { feeMarket }) => {
    if (denom !== "uallo") {
      throw SDK.invalidRequest.wrap("error resolving denom: the only denom supported is uallo");
    }
    return OneCoin.encode({ balance: price(feeMarket) });
  }),
  "/feemarket.feemarket.v1.Query/GasPrices": handle(
    Nothing,
    (_, { feeMarket }) => OneCoin.encode({ balance: price(feeMarket) }),
  ),
  "/feemarket.feemarket.v1.Query/Params": handle(
    Nothing,
    () => ParamsAnswer.encode({ params: FEE_MARKET_PARAMS }),
  ),
  "/feemarket.feemarket.v1.Query/State": handle(Nothing, (_, { feeMarket }) =>
    StateAnswer.encode({
      state: {
        baseGasPrice: String(feeMarket.scaledPrice),
        learningRate: String(feeMarket.learningRate),
        window: [0n],
      },
    })),
};

/** DecCoin: an amount with 18 decimals as an integer. */
function price(feeMarket: FeeMarket) {
  return { denom: "uallo", amount: String(feeMarket.scaledPrice) };
}

function existing({ accounts }: QueryContext, address: string): Account {
  const account = accounts.get(address);
  if (account === undefined) throw grpcError("NotFound", `account ${address} not found`);
  return account;
}

function baseAccount({ address, number, sequence, publicKey }: Account) {
  return {
    address,
    accountNumber: number,
    sequence,
    ...(publicKey === undefined ? {} : {
      pubKey: {
        typeUrl: "/cosmos.crypto.secp256k1.PubKey",
        value: PubKey.encode({ key: publicKey }),
      },
    }),
  };
}

function grant(
  { granter, grantee }: Fields<{ granter: [1, typeof string]; grantee: [2, typeof string] }>,
  { accounts }: QueryContext,
) {
  const limit = accounts.allowance(granter, grantee);
  if (limit === undefined) throw grpcError("Internal", "fee-grant not found: not found");
  const spendLimit = limit === "unlimited" ? [] : [{ denom: "uallo", amount: String(limit) }];
  return {
    granter,
    grantee,
    allowance: {
      typeUrl: "/cosmos.feegrant.v1beta1.BasicAllowance",
      value: BasicAllowance.encode({ spendLimit }),
    },
  };
}

/** The service names the Go source where the error was made, and the gas so far. */
function simulationError(error: ChainError, gasUsed: number): ChainError {
  const source = error.source ?? "cosmos/cosmos-sdk@v0.50.11/baseapp/baseapp.go:1051";
  return grpcError("Unknown", `${error.message} [${source}] with gas used: '${gasUsed}'`);
}
