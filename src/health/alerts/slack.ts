import type { Channel } from "./channel.ts";
import { textOf } from "./notice.ts";
import { post, type PostOptions } from "./post.ts";

/** A section has 3000 characters, escaped. */
const MAX_TITLE = 600, MAX_LINES = 2300;

const SIGNS = { OK: "✅", WARNING: "⚠️", UNKNOWN: "❔", CRITICAL: "🔴" } as const;

/** An incoming webhook of Slack (https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks). */
export function slack(options: Omit<PostOptions, "signal" | "name">): Channel {
  return {
    name: "slack",
    limits: { notices: 20, chars: 20_000 },
    deliver: (notices, _key, signal) =>
      post({ ...options, name: "slack", signal }, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({
          // What a notification shows, and what is read when blocks cannot be.
          text: notices.map(({ title }) => escaped(title)).join("\n"),
          blocks: notices.map((notice) => {
            const title = escaped(notice.title).slice(0, MAX_TITLE);
            const lines = escaped(textOf(notice)).slice(0, MAX_LINES);
            const text = `${SIGNS[notice.status]} *${title}*\n\`\`\`${lines}\`\`\``;
            return { type: "section", text: { type: "mrkdwn", text } };
          }),
        }),
      }),
  };
}

/** The three characters by which Slack's markup, mentions included, begins. */
function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
    .replaceAll("```", "'''");
}
