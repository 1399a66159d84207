/** What one request gives: 100 ALLO, enough for years of submissions. */
export const FAUCET_UALLO = 100n * 10n ** 18n;

const ASKS_PER_MINUTE = 5;
const MINUTE_MS = 60_000;

export interface FaucetOptions {
  readonly chainId: string;
  /** Wall clock, epoch milliseconds. */
  readonly nowMs: () => number;
  readonly isAddress: (text: string) => boolean;
  readonly fund: (address: string, uallo: bigint) => void;
}

/**
 * POST /api/request with chain=…&address=…, form-encoded: the call of the vendor's Python SDK. Anyone
 * may ask, for five times a minute and address.
 */
export function faucetHandler(options: FaucetOptions): (request: Request) => Promise<Response> {
  const { chainId, nowMs, isAddress, fund } = options;
  const asked = new Map<string, number[]>();

  return async (request) => {
    const form = new URLSearchParams(await request.text());
    const address = form.get("address") ?? "";
    if (form.get("chain") !== chainId) return answer(400, `chain is not ${chainId}`);
    if (!isAddress(address)) return answer(400, "address is no account of this chain");
    const since = nowMs() - MINUTE_MS;
    const recent = (asked.get(address) ?? []).filter((atMs) => atMs > since);
    if (recent.length >= ASKS_PER_MINUTE) return answer(429, "asked too often: wait a minute");
    asked.set(address, [...recent, nowMs()]);
    fund(address, FAUCET_UALLO);
    return answer(200, "ok", { address, amount: `${FAUCET_UALLO}uallo` });
  };
}

function answer(status: number, message: string, more = {}): Response {
  const headers = status === 429 ? { "retry-after": "60" } : {};
  return Response.json({ message, ...more }, { status, headers });
}
