import type { Account, Accounts } from "./accounts.ts";
import { MODULE } from "./accounts.ts";
import { decodeAddress } from "./address.ts";
import { ChainError, FEE_MARKET, SDK, unregistered } from "./chain_error.ts";
import type { Event } from "./chain_types.ts";
import { event, transferEvents } from "./events.ts";
import type { FeeMarket } from "./fee_market.ts";
import { GAS, type GasMeter } from "./gas.ts";
import { SignDoc } from "./messages.ts";
import { verifySignature } from "./signature.ts";
import { publicKeyOf, type Transaction } from "./transaction.ts";

/** Where and how a transaction is tried. */
export interface AnteContext {
  readonly chainId: string;
  /** In a check the last block's height, in delivery the block being made. */
  readonly height: number;
  readonly accounts: Accounts;
  readonly feeMarket: FeeMarket;
  readonly meter: GasMeter;
  /** A simulation pays nothing and proves nothing: fees and signatures are not looked at. */
  readonly simulate: boolean;
}

const MAX_MEMO = 256; // bytes; auth parameter max_memo_characters
const SIGN_MODE_DIRECT = 1;

/**
 * The ante handler: everything that is checked, and taken, before the messages run, in the order of
 * the recorded node (account and sequence come before the fee). Throws ChainError; returns the events.
 */
export function runAnte(tx: Transaction, context: AnteContext): Event[] {
  const { meter, accounts } = context;
  meter.charge(GAS.setUp);
  checkBasics(tx, context);
  meter.consume(GAS.perByte * tx.bytes.length, "txSize");
  const events = setPublicKeys(tx, context);
  meter.charge(GAS.accountReads);
  for (const index of tx.signers.keys()) checkSigner(tx, index, context);
  meter.charge(GAS.sequenceWrite);
  for (const signer of tx.signers) {
    const account = existing(accounts, signer);
    accounts.set({ ...account, sequence: account.sequence + 1 });
  }
  meter.charge(GAS.feeRead);
  if (!context.simulate) checkFee(tx, context);
  events.push(...escrowFee(tx, context));
  meter.charge(GAS.feeEscrow);
  return events;
}

function checkBasics(tx: Transaction, { height }: AnteContext): void {
  if (tx.raw.signatures.length === 0) throw SDK.noSignatures;
  const [expected, got] = [tx.signers.length, tx.raw.signatures.length];
  if (expected !== got) {
    throw SDK.unauthorized.wrap(`wrong number of signers; expected ${expected}, got ${got}`);
  }
  const timeout = tx.body.timeoutHeight;
  if (timeout > 0n && BigInt(height) > timeout) {
    throw SDK.txTimeout.wrap(`block height: ${height}, timeout height: ${timeout}`);
  }
  const memo = new TextEncoder().encode(tx.body.memo).length;
  if (memo > MAX_MEMO) {
    throw SDK.memoTooLarge.wrap(
      `maximum number of characters is ${MAX_MEMO} but received ${memo} characters`,
    );
  }
}

/** Accounts learn their key from the first transaction they sign. */
function setPublicKeys(tx: Transaction, { accounts, simulate }: AnteContext): Event[] {
  for (const [index, signer] of tx.signers.entries()) {
    const sent = publicKeyOf(tx.signerInfos[index]);
    if (sent !== undefined && !simulate && sent.address !== signer) {
      throw SDK.invalidPubKey.wrap(
        `pubKey does not match signer address ${signer} with signer index: ${index}`,
      );
    }
    const account = existing(accounts, signer);
    if (account.publicKey === undefined && sent !== undefined) {
      accounts.set({ ...account, publicKey: sent.key });
    }
  }
  const signed = tx.signers.map((signer, index) =>
    event("tx", [["acc_seq", `${signer}/${tx.signerInfos[index]?.sequence ?? 0n}`]])
  );
  const signatures = tx.raw.signatures.map((bytes) =>
    event("tx", [["signature", bytes.toBase64()]])
  );
  return [...signed, ...signatures];
}

function existing(accounts: Accounts, address: string): Account {
  const account = accounts.get(address);
  if (account !== undefined) return account;
  throw SDK.unknownAddress.wrap(`account ${address} does not exist`);
}

function checkSigner(tx: Transaction, index: number, context: AnteContext): void {
  const account = existing(context.accounts, tx.signers[index] ?? "");
  const info = tx.signerInfos[index];
  if (account.publicKey === undefined && !context.simulate) {
    throw SDK.invalidPubKey.wrap("pubkey on account is not set");
  }
  if (info === undefined || info.sequence !== BigInt(account.sequence)) {
    throw SDK.wrongSequence.wrap(
      `account sequence mismatch, expected ${account.sequence}, got ${info?.sequence ?? 0n}`,
    );
  }
  if (context.simulate) return;
  const document = SignDoc.encode({
    bodyBytes: tx.raw.bodyBytes,
    authInfoBytes: tx.raw.authInfoBytes,
    chainId: context.chainId,
    accountNumber: BigInt(account.number),
  });
  const signature = tx.raw.signatures[index] ?? new Uint8Array();
  const direct = info.modeInfo?.single?.mode === SIGN_MODE_DIRECT;
  if (direct && verifySignature(account.publicKey ?? new Uint8Array(), document, signature)) return;
  throw SDK.unauthorized.wrap(
    `signature verification failed; please verify account number (${account.number}) and ` +
      `chain-id (${context.chainId}): (unable to verify single signer signature)`,
  );
}

/** Exactly one coin, of the fee market's denomination, worth the gas limit at the base price. */
function checkFee(tx: Transaction, { feeMarket, meter }: AnteContext): void {
  const [coin, ...more] = tx.fee.amount;
  if (coin === undefined) throw FEE_MARKET.noFeeCoins.wrap("got length 0");
  if (more.length > 0) throw FEE_MARKET.tooManyFeeCoins.wrap(`got length ${more.length + 1}`);
  if (coin.denom !== "uallo") {
    throw unregistered("the only denom supported is uallo").wrap("error resolving denom")
      .wrap(`unable to get min gas price for denom ${coin.denom}`);
  }
  const required = feeMarket.feeFor(Number(tx.fee.gasLimit));
  if (feeOf(tx) >= required) return;
  throw SDK.insufficientFee.wrap(
    `got: ${coin.amount}uallo required: ${required}uallo, ` +
      `minGasPrice: ${feeMarket.priceText}uallo, gas: ${meter.consumed}`,
  ).wrap("error checking fee");
}

/** What the transaction offers, in uallo. */
export function feeOf(tx: Transaction): bigint {
  const amount = tx.fee.amount[0]?.amount ?? "0";
  if (!/^[0-9]+$/.test(amount)) throw SDK.invalidCoins.wrap(`invalid fee provided: ${amount}`);
  return BigInt(amount);
}

/** The whole offer goes to the fee market's account; a granter pays when one is named. */
function escrowFee(tx: Transaction, { accounts, simulate }: AnteContext): Event[] {
  const fee = simulate ? 0n : feeOf(tx);
  const { feePayer, fee: { granter } } = tx;
  const payer = granter === "" ? feePayer : granter;
  try {
    const granted = granter !== "" && granter !== feePayer
      ? useAllowance(accounts, granter, feePayer, fee)
      : [];
    if (fee > 0n) accounts.transfer(payer, MODULE.feeEscrow, fee);
    return [...granted, ...transferEvents(payer, MODULE.feeEscrow, fee > 0n ? `${fee}uallo` : "")];
  } catch (error) {
    throw error instanceof ChainError ? error.wrap("error escrowing funds") : error;
  }
}

function useAllowance(accounts: Accounts, granter: string, grantee: string, fee: bigint): Event[] {
  const limit = accounts.allowance(granter, grantee);
  const parties: [string, string][] = [["granter", granter], ["grantee", grantee]];
  // the SDK prints both addresses as raw bytes here
  const refusal = `${goText(decodeAddress(granter))} does not allow to pay fees for ` +
    goText(decodeAddress(grantee));
  if (limit === undefined) throw SDK.notFound.wrap("fee-grant not found").wrap(refusal);
  if (limit !== "unlimited") {
    if (limit < fee) {
      throw new ChainError("feegrant", 2, "fee limit exceeded").wrap("basic allowance")
        .wrap(refusal);
    }
    accounts.grant(granter, grantee, limit - fee);
  }
  return [event("use_feegrant", parties), event("update_feegrant", parties)];
}

/** Bytes as Go's JSON encoder shows them: each byte that is no UTF-8 becomes U+FFFD by itself. */
export function goText(bytes: Uint8Array): string {
  const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let text = "";
  for (let start = 0; start < bytes.length;) {
    let length = 0;
    for (const size of [1, 2, 3, 4]) {
      try {
        text += strict.decode(bytes.subarray(start, start + size));
        length = size;
        break;
      } catch { /* not a character of this size */ }
    }
    if (length === 0) text += "\ufffd";
    start += Math.max(length, 1);
  }
  return text;
}
