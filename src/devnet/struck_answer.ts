import { realHost } from "../host/host.ts";
import type { FaultName } from "./faults.ts";

/** How long an answer waits to be overtaken when no other comes. */
const LONGEST_HOLD_MS = 1000;

/** Sends answers as the faults let them through. */
export class StruckAnswers {
  readonly #closing: AbortSignal;
  /** Answers that wait for the next one, to be overtaken by it. */
  readonly #held = new Set<AbortController>();

  /** `closing` ends whatever still waits. */
  constructor(closing: AbortSignal) {
    this.#closing = closing;
  }

  /**
   * The answer of `real`. Some faults stand before the call, which then never happens; the others let
   * it happen and spoil what is said of it.
   */
  async answer(
    faults: ReadonlyMap<FaultName, number>,
    real: () => Promise<Response>,
  ): Promise<Response> {
    if (faults.has("http-403")) return page(403, "403 Forbidden");
    if (faults.has("http-502")) return page(502, "502 Bad Gateway");
    if (faults.has("http-503")) return page(503, "503 Service Temporarily Unavailable");
    if (faults.has("http-429")) return page(429, "429 Too Many Requests", { "retry-after": "1" });
    if (faults.has("html")) return page(200, "Welcome to nginx!");
    const response = await real();
    const slowMs = faults.get("slow");
    if (slowMs !== undefined) await this.#wait(slowMs);
    if (faults.has("hang")) await this.#wait(NEVER_MS);
    if (faults.has("reorder")) await this.#overtaken();
    // Later, so that this answer is on its way before those that waited for it.
    else if (this.#held.size > 0) setTimeout(() => this.#held.forEach((each) => each.abort()));
    if (faults.has("drop-response")) return cutOff("");
    if (faults.has("half-close")) return cutOff(half(await response.text()));
    if (faults.has("cut-json")) return new Response(half(await response.text()), response);
    return response;
  }

  async #overtaken(): Promise<void> {
    const overtaken = new AbortController();
    this.#held.add(overtaken);
    await this.#wait(LONGEST_HOLD_MS, overtaken.signal);
    this.#held.delete(overtaken);
  }

  async #wait(ms: number, signal?: AbortSignal): Promise<void> {
    const ends = signal === undefined ? this.#closing : AbortSignal.any([this.#closing, signal]);
    await realHost.sleep(ms, ends).catch(() => {});
  }
}

/** The longest that a timer can wait. */
const NEVER_MS = 2 ** 31 - 1;

function page(status: number, title: string, headers: Record<string, string> = {}): Response {
  const body = `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}` +
    `</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n`;
  return new Response(body, { status, headers: { "content-type": "text/html", ...headers } });
}

function half(text: string): string {
  return text.slice(0, text.length / 2);
}

/**
 * A connection that ends after `text` of an answer that promised twice as much. The headers always
 * leave: before them a client such as fetch would quietly ask again, and get the second answer.
 */
function cutOff(text: string): Response {
  const bytes = new TextEncoder().encode(text);
  const length = String(2 * bytes.length + 2);
  const headers = { "content-type": "application/json", "content-length": length };
  const body = new ReadableStream({
    start: (controller) => bytes.length > 0 && controller.enqueue(bytes),
    // What was sent must have left before the connection goes.
    pull: (controller) =>
      realHost.sleep(5).then(() => controller.error(new Error("a fault ends the connection here"))),
  }, { highWaterMark: 0 });
  return new Response(body, { headers });
}
