import type { PipelineError } from "../../errors.ts";
import { post, type PostOptions } from "./post.ts";

/** "log" is written down there and changes nothing: for tests. */
export type Beat = "start" | "ok" | "fail" | "log";

export interface HeartbeatOptions extends Omit<PostOptions, "name"> {
  /** systemd's $INVOCATION_ID, which pairs a start with its end. */
  readonly invocationId: string | undefined;
}

/** What healthchecks.io keeps of a body. */
const MAX_BODY = 10_000;

/**
 * Tells a dead man's switch that this machine lives (https://healthchecks.io/docs/http_api/): what it
 * alerts of is silence. Returns why it could not be told.
 */
export async function ping(
  { invocationId, ...options }: HeartbeatOptions,
  beat: Beat,
  text = "",
): Promise<PipelineError | undefined> {
  const url = new URL(options.url);
  if (beat !== "ok") url.pathname = `${url.pathname.replace(/\/$/, "")}/${beat}`;
  const rid = uuidOf(invocationId);
  if (rid !== undefined) url.searchParams.set("rid", rid);
  const refusal = await post({ ...options, name: "heartbeat", url: url.href }, {
    method: text === "" ? "GET" : "POST",
    ...text !== "" && { body: text.slice(0, MAX_BODY) },
  });
  return refusal?.error;
}

/** The 32 hex digits of an invocation in the form of a UUID. */
function uuidOf(invocationId: string | undefined): string | undefined {
  const parts = /^([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})$/
    .exec(invocationId?.replaceAll("-", "") ?? "");
  return parts?.slice(1).join("-");
}
