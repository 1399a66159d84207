import type { Json } from "./node_calls.ts";

/** A websocket to a node: what comes is read in its order. */
export class NodeSocket implements AsyncDisposable {
  readonly #socket: WebSocket;
  readonly #come: Json[] = [];
  #wake: () => void = () => {};
  #id = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.onmessage = ({ data }) => {
      this.#come.push(JSON.parse(data));
      this.#wake();
    };
  }

  static async open(rpcUrl: string): Promise<NodeSocket> {
    const socket = new WebSocket(`${rpcUrl.replace("http", "ws")}/websocket`);
    await new Promise((resolve, reject) => {
      socket.onopen = resolve;
      socket.onerror = reject;
    });
    return new NodeSocket(socket);
  }

  send(text: string): void {
    this.#socket.send(text);
  }

  /** Calls, and takes the next message for the answer. */
  call(method: string, params: unknown = {}): Promise<Json> {
    this.send(JSON.stringify({ jsonrpc: "2.0", id: ++this.#id, method, params }));
    return this.next();
  }

  /** The oldest message that was not read yet; rejects after two seconds without one. */
  async next(): Promise<Json> {
    if (this.#come.length === 0) {
      let timer: ReturnType<typeof setTimeout> | undefined;
      await new Promise<void>((resolve, reject) => {
        this.#wake = resolve;
        timer = setTimeout(() => reject(new Error("no message came in two seconds")), 2000);
      }).finally(() => clearTimeout(timer));
    }
    return this.#come.shift();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#socket.readyState === WebSocket.CLOSED) return;
    const closed = new Promise((resolve) => this.#socket.onclose = resolve);
    this.#socket.close();
    await closed;
  }
}
