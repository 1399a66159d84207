/** JSON-RPC as a script would speak it; the answers are read as they come. */

// deno-lint-ignore no-explicit-any -- the tests say what they expect of each answer
export type Json = any;

/** The result of one call; throws when the node answers an error. */
export async function call(url: string, method: string, params: unknown = {}): Promise<Json> {
  const answer = await post(url, { jsonrpc: "2.0", id: 1, method, params });
  if (answer.error !== undefined) throw new Error(JSON.stringify(answer.error));
  return answer.result;
}

export async function post(url: string, body: unknown): Promise<Json> {
  const response = await fetch(url, { method: "POST", body: JSON.stringify(body) });
  return await response.json();
}

export async function getJson(url: string): Promise<Json> {
  return await (await fetch(url)).json();
}
