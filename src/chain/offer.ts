import { PipelineError } from "../errors.ts";
import type { ChainRefusal } from "./chain_error.ts";
import type { Broadcast } from "./client.ts";
import type { Endpoint } from "./endpoint.ts";
import type { Endpoints } from "./endpoints.ts";
import type { NodeClient } from "./node.ts";

/** After these nothing is tried again in this visit, or in this window: too much for one node's word. */
const FOR_GOOD = new Set(["fatal", "give-up-nonce"]);

/**
 * Offers a transaction to one node after the other until one takes or refuses it. What one refuses for
 * good is offered to a second, unless there is none that has served well lately; its word is the last,
 * and one that has refused what another takes is set aside. Throws "unavailable" when the outcome is
 * unknown: the bytes may have arrived where no answer came from.
 */
export async function offerTransaction(
  endpoints: Endpoints,
  tx: Uint8Array,
  signal: AbortSignal | undefined,
): Promise<Broadcast> {
  const untilMs = endpoints.deadlineMs();
  const asked = new Set<Endpoint>();
  let unknown: PipelineError | undefined;
  let full: ChainRefusal | undefined;
  const offer = async (node: NodeClient, endpoint: Endpoint): Promise<Broadcast> => {
    asked.add(endpoint);
    try {
      const outcome = await node.broadcast(tx);
      if (outcome.accepted || outcome.refusal.class !== "other-node") return outcome;
      full = outcome.refusal;
    } catch (thrown) {
      if (thrown instanceof PipelineError) unknown = thrown;
      throw thrown;
    }
    throw new PipelineError("unavailable", full.message);
  };
  const ask = async (among: Endpoint[]) => (await endpoints.several(1, offer, untilMs, among))[0]!;
  try {
    const first = await ask(endpoints.inOrder());
    const others = isForGood(first.value)
      ? endpoints.inOrder().filter((each) => !asked.has(each) && !each.isSuspect)
      : [];
    const { value: outcome } = others.length > 0 ? await ask(others) : first;
    if (outcome.accepted && !first.value.accepted) {
      const { endpoint, value } = first;
      endpoint.setAside(overruled(endpoint, value.refusal));
    }
    if (outcome.accepted || unknown === undefined) return outcome;
    // The refusal may be because of the bytes that did arrive.
    throw new PipelineError(
      "unavailable",
      `Cannot tell what became of the transaction: ${unknown.message}; ${endpoints.last.origin} then says: ${outcome.refusal.message}`,
      { cause: unknown, hint: "Its hash tells, once a block holds it." },
    );
  } catch (thrown) {
    signal?.throwIfAborted();
    if (full === undefined || unknown !== undefined) throw thrown;
    return { accepted: false, refusal: full };
  }
}

function isForGood(outcome: Broadcast): boolean {
  return !outcome.accepted && FOR_GOOD.has(outcome.refusal.class);
}

function overruled({ origin }: Endpoint, { message }: ChainRefusal): PipelineError {
  return new PipelineError(
    "unavailable",
    `Cannot believe ${origin}, another node took the transaction: ${message}`,
  );
}
