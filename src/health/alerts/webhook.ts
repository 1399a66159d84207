import type { Channel } from "./channel.ts";
import { textOf } from "./notice.ts";
import { post, type PostOptions } from "./post.ts";

/** Notices as JSON to any URL; Idempotency-Key tells a receiver what it has had already. */
export function webhook(options: Omit<PostOptions, "signal" | "name">): Channel {
  return {
    name: "webhook",
    limits: { notices: 100, chars: 100_000 },
    deliver: (notices, key, signal) =>
      post({ ...options, name: "webhook", signal }, {
        method: "POST",
        headers: { "content-type": "application/json", "idempotency-key": key },
        body: JSON.stringify({
          text: notices.map((notice) => `${notice.title}\n${textOf(notice)}`).join("\n\n"),
          notices: notices.map(({ facts, ...notice }) => ({
            ...notice,
            facts: Object.fromEntries(facts),
          })),
        }),
      }),
  };
}
