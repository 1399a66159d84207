import { PipelineError } from "../errors.ts";
import { UNKNOWN_QUERY_PATH } from "./chain_error.ts";
import { detectGeneration, isUnknownPath, queryPath } from "./generation.ts";
import type { RpcClient } from "./rpc.ts";
import { decode, encode, type Table } from "./wire.ts";

/** A question, its request and the table of its answer. */
export interface Question<Q extends object, A extends object> {
  readonly method: string;
  readonly request: Table<Q>;
  readonly answer: Table<A>;
}

/** The node does not serve this method: another generation, or one without the query. */
export class UnknownMethod extends PipelineError {}

/** An answer with the height of the state that it was read from. */
export interface Answered<A> {
  readonly height: bigint;
  readonly answer: A;
}

/** The generation that a node speaks, known to every request that it is asked. */
export interface Spoken {
  generation: number;
}

/** Queries of one node, in the generation that it speaks. */
export class Queries {
  readonly rpc: RpcClient;
  readonly #spoken: Spoken;

  constructor(rpc: RpcClient, spoken: Spoken) {
    this.rpc = rpc;
    this.#spoken = spoken;
  }

  get generation(): number {
    return this.#spoken.generation;
  }

  /** Detects the generation again; whether it differs from `before`. */
  async detectAgain(before: number): Promise<boolean> {
    this.#spoken.generation = await detectGeneration(this.rpc);
    return this.generation !== before;
  }

  /**
   * Asks the module at `path`; undefined when the thing asked for does not exist.
   *
   * @throws PipelineError "unavailable" when the node refuses, or answers another shape.
   */
  async ask<A extends object>(
    path: string,
    request: Uint8Array,
    answer: Table<A>,
  ): Promise<Answered<A> | undefined> {
    const found = await this.rpc.abciQuery(path, request);
    if (found.code === 0) {
      return { height: found.height, answer: decode(answer, found.value, this.rpc.endpoint) };
    }
    if (isUnknownPath(found)) {
      throw new UnknownMethod(
        "unavailable",
        `Cannot ask ${this.rpc.endpoint} for ${path}: ${UNKNOWN_QUERY_PATH}`,
      );
    }
    // Modules answer what they do not hold with codes 6, 18, 22 or 38; only the text tells that case.
    if (/not found|does not exist/.test(found.log)) return undefined;
    throw new PipelineError(
      "unavailable",
      `Cannot ask ${this.rpc.endpoint} for ${path}: it answers ${found.codespace} ${found.code}, ${found.log}`,
    );
  }

  /** Asks the emissions module one question. */
  emissions<Q extends object, A extends object>(
    question: Question<Q, A>,
    request: Partial<Q>,
  ): Promise<Answered<A> | undefined> {
    const data = encode(question.request, request);
    return this.inGeneration((generation) =>
      this.ask(queryPath(generation, question.method), data, question.answer)
    );
  }

  /** Asks in the generation known, and once more in the one found anew when the method is unknown. */
  async inGeneration<T>(ask: (generation: number) => Promise<T>): Promise<T> {
    const before = this.generation;
    try {
      return await ask(before);
    } catch (thrown) {
      if (!(thrown instanceof UnknownMethod) || !await this.detectAgain(before)) throw thrown;
      return await ask(this.generation);
    }
  }
}
