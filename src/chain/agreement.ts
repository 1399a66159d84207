import { PipelineError } from "../errors.ts";
import type { Endpoint } from "./endpoint.ts";
import type { Said } from "./endpoints.ts";
import type { Window } from "./window.ts";

/** A node's word on a window; the error says that the chain has no such topic. */
export type WindowWord = Window | PipelineError;

/** The word that at least two nodes, and more than any other word, stand for. */
export interface Agreement {
  readonly word: WindowWord;
  /** Nodes that say something else. */
  readonly odd: readonly Said<WindowWord>[];
}

/** Undefined when no two nodes agree, or as many on one thing as on another. */
export function agreementOf(said: readonly Said<WindowWord>[]): Agreement | undefined {
  const groups = [...Map.groupBy(said, ({ value }) => textOf(value)).values()]
    .sort((a, b) => b.length - a.length);
  const [most, next] = groups;
  if (most === undefined || most.length < 2 || most.length === next?.length) return undefined;
  return { word: most[0]!.value, odd: groups.slice(1).flat() };
}

/** What each node says, for an error: "http://a:1 says ..., http://b:2 says ...". */
export function wordsOf(said: readonly Said<WindowWord>[]): string {
  return said.map(({ endpoint, value }) => wordOf(endpoint, value)).join(", ");
}

export function wordOf({ origin }: Endpoint, value: WindowWord): string {
  return `${origin} says ${textOf(value)}`;
}

/** Two nodes agree when these texts are equal: whether it is open, for which nonce and until when. */
export function textOf(word: WindowWord): string {
  if (word instanceof PipelineError) return "there is no such topic";
  return word.isOpen ? `open for nonce ${word.nonce} until block ${word.closes}` : "closed";
}
