import { SDK } from "./chain_error.ts";
import type { AccountSpec } from "./chain_types.ts";

export interface Account {
  readonly address: string;
  readonly number: number;
  readonly sequence: number;
  readonly balance: bigint;
  readonly publicKey: Uint8Array | undefined;
}

/** Module accounts that money passes through; an address is the hash of the module's name. */
export const MODULE = {
  feeEscrow: "allo13pxn9n3qw79e03844rdadagmg0nshmwfsnklnq", // feemarket-fee-collector
  feeCollector: "allo17xpfvakm2amg962yls6f84z3kell8c5l72eruy", // fee_collector
  ecosystem: "allo12uxa8rw9hte3z2nuswjzpmfen289n30uag6agp", // ecosystem
  rewards: "allo17099f3pwtd7u0je2x3ajrem6cfydj9xj5ccq2a", // allorarewards
  distribution: "allo1jv65s3grqf6v6jl3dp4t6c9t9rk99cd8fv7l7x", // distribution
  /** Account of the one validator, who gets the tips. */
  proposer: "allo1kt3ezd85w55y9j4fhyjmcp7eyqqhnyva55ssx0",
} as const;

const MODULES = new Set<string>(Object.values(MODULE));

/** Fee allowances by "granter/grantee"; undefined as a value is one without a limit. */
type Allowances = Map<string, bigint | undefined>;

/**
 * Accounts, balances (uallo) and fee allowances. A fork sees what its parent has and keeps its own
 * changes until `commit`: the mempool checks on one, a transaction runs on one.
 */
export class Accounts {
  readonly #own = new Map<string, Account>();
  readonly #allowances: Allowances = new Map();
  readonly #parent: Accounts | undefined;
  #nextNumber: number;

  constructor(specs: readonly AccountSpec[] = [], parent?: Accounts) {
    this.#parent = parent;
    this.#nextNumber = parent === undefined
      ? specs.reduce((next, { number }) => Math.max(next, number + 1), 0)
      : parent.#nextNumber;
    for (const spec of specs) {
      this.#own.set(spec.address, {
        address: spec.address,
        number: spec.number,
        sequence: spec.sequence,
        balance: BigInt(spec.balanceUallo),
        publicKey: spec.pubkeyHex === undefined ? undefined : Uint8Array.fromHex(spec.pubkeyHex),
      });
    }
  }

  fork(): Accounts {
    return new Accounts([], this);
  }

  /** Hands the changes to the parent. */
  commit(): void {
    if (this.#parent === undefined) return;
    for (const account of this.#own.values()) this.#parent.#own.set(account.address, account);
    for (const [key, limit] of this.#allowances) this.#parent.#allowances.set(key, limit);
    this.#parent.#nextNumber = this.#nextNumber;
  }

  get(address: string): Account | undefined {
    return this.#own.get(address) ?? this.#parent?.get(address);
  }

  set(account: Account): void {
    this.#own.set(account.address, account);
  }

  /** Adds money from nowhere; the account comes into being with its first coin. */
  mint(address: string, uallo: bigint): void {
    const account = this.get(address) ??
      { address, number: this.#nextNumber++, sequence: 0, balance: 0n, publicKey: undefined };
    this.set({ ...account, balance: account.balance + uallo });
  }

  /** Throws SDK.insufficientFunds; modules can always pay, they are fed by emission. */
  transfer(from: string, to: string, uallo: bigint): void {
    const account = this.get(from);
    const balance = account?.balance ?? 0n;
    if (MODULES.has(from)) this.mint(from, uallo);
    else if (balance < uallo) {
      throw SDK.insufficientFunds.wrap(
        `spendable balance ${balance}uallo is smaller than ${uallo}uallo`,
      );
    }
    const payer = this.get(from);
    if (payer !== undefined) this.set({ ...payer, balance: payer.balance - uallo });
    this.mint(to, uallo);
  }

  /** The limit in uallo, "unlimited", or undefined when nothing was granted. */
  allowance(granter: string, grantee: string): bigint | "unlimited" | undefined {
    const key = `${granter}/${grantee}`;
    if (this.#allowances.has(key)) return this.#allowances.get(key) ?? "unlimited";
    return this.#parent?.allowance(granter, grantee);
  }

  grant(granter: string, grantee: string, limit: bigint | undefined): void {
    this.#allowances.set(`${granter}/${grantee}`, limit);
  }
}
