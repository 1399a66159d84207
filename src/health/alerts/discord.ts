import type { Channel } from "./channel.ts";
import { textOf } from "./notice.ts";
import { post, type PostOptions } from "./post.ts";

const COLOURS = { OK: 0x2e9e5b, WARNING: 0xe0a400, UNKNOWN: 0x808080, CRITICAL: 0xd23b3b } as const;
/** Discord's limit of an embed's title. */
const MAX_TITLE = 256;

/** A webhook of Discord (https://discord.com/developers/docs/resources/webhook#execute-webhook). */
export function discord(options: Omit<PostOptions, "signal" | "name">): Channel {
  return {
    name: "discord",
    // Ten embeds of together 6000 characters.
    limits: { notices: 10, chars: 5500 },
    deliver: (notices, _key, signal) =>
      post({ ...options, name: "discord", signal }, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({
          embeds: notices.map((notice) => ({
            title: notice.title.slice(0, MAX_TITLE),
            description: `\`\`\`\n${
              textOf(notice).replaceAll("```", "'''").slice(0, 4000)
            }\n\`\`\``,
            color: COLOURS[notice.status],
            timestamp: notice.at,
          })),
          // What a node or a venue said must not wake everybody.
          allowed_mentions: { parse: [] },
        }),
      }),
  };
}
