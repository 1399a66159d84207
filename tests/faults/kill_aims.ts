import { CRASH_POINTS, type CrashPoint } from "../../src/host/crash_point.ts";

/** One kill to be tried: held at a point, at any moment of a visit, or soon after the signature is durable. */
export type Aim =
  | { readonly kind: "held"; readonly point: CrashPoint }
  | { readonly kind: "anywhere" }
  | { readonly kind: "signed" };

/** The aims still to come. */
export interface Aims {
  readonly isDone: boolean;
  /** The next aim of a window; points of one window come in the order of the story. */
  next(): Aim | undefined;
  /** Ends the window: what was drawn and missed comes again in a later one. */
  missed(aim: Aim): void;
  endWindow(): void;
}

/** Of the random kills, these are aimed between signed and confirmed. */
const SHARE_SIGNED = 0.65;
/** Between two random kills. */
const SHARE_HELD = 0.4;
/** Tries at a point that cannot be reached are not for ever. */
const MOST_MISSES = 400;

export interface Deck {
  /** At random moments. */
  readonly kills: number;
  /** How often at each crash point. */
  readonly rounds: number;
  /** Several in one window, so that the recovery of one kill is killed again at another point. */
  readonly pointsPerWindow: number;
}

/** Returns what deals one deck to several lanes: each draws from what the others left. */
export function shuffleDeck({ kills, rounds, pointsPerWindow }: Deck): () => Aims {
  let left = kills;
  let misses = 0;
  let points = Array.from({ length: rounds }, () => shuffled(CRASH_POINTS)).flat();

  return () => {
    let hand: CrashPoint[] | undefined;
    return {
      get isDone() {
        return left <= 0 && points.length === 0 && (hand ?? []).length === 0;
      },
      next() {
        hand ??= inOrder(points.splice(0, pointsPerWindow));
        const isPoint = hand.length > 0 && (left <= 0 || Math.random() < SHARE_HELD);
        const point = isPoint ? hand.shift() : undefined;
        if (point !== undefined) return { kind: "held", point };
        if (left <= 0) return undefined;
        left--;
        return { kind: Math.random() < SHARE_SIGNED ? "signed" : "anywhere" };
      },
      missed(aim) {
        if (aim.kind !== "held") left++;
        else if (++misses < MOST_MISSES) points.push(aim.point);
        else throw new Error(`the point ${aim.point} is not reached in ${MOST_MISSES} tries`);
      },
      endWindow() {
        points = [...points, ...hand ?? []];
        hand = undefined;
      },
    };
  };
}

function inOrder(points: readonly CrashPoint[]): CrashPoint[] {
  return points.toSorted((a, b) => CRASH_POINTS.indexOf(a) - CRASH_POINTS.indexOf(b));
}

function shuffled<T>(items: readonly T[]): T[] {
  return items.map((item) => ({ item, at: Math.random() })).toSorted((a, b) => a.at - b.at)
    .map(({ item }) => item);
}
