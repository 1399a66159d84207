// npm-only stand-in for jsr:@std/dotenv: parse(), written for this project.
const LINE =
  /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=[ \t]*(?:"((?:\\.|[^"\\])*)"|'([^']*)'|([^\r\n#]*)) *(?:#.*)?$/gm;
const REFERENCE = /(?<!\\)\$(?:\{(\w+)(?::-([^}]*))?\}|(\w+)(?::-(\S*))?)/g;

/** The variables of an env file; unquoted values may refer to others as $K, ${K} or ${K:-default}. */
export function parse(text: string): Record<string, string> {
  const values: Record<string, string> = {};
  const unquoted: string[] = [];
  for (const [, name = "", double, single, bare = ""] of text.matchAll(LINE)) {
    values[name] = double?.replace(/\\([nrt])/g, (_, c) => JSON.parse(`"\\${c}"`)) ?? single ??
      bare.trim();
    if (double === undefined && single === undefined) unquoted.push(name);
  }
  for (const name of unquoted) values[name] = expand(values[name] ?? "", values);
  return values;
}

function expand(value: string, values: Record<string, string>, depth = 0): string {
  if (depth > 8) return value;
  return value.replace(REFERENCE, (_, braced, bracedDefault, bare, bareDefault) => {
    const name: string = braced ?? bare;
    const found = values[name] ?? Deno.env.get(name) ?? bracedDefault ?? bareDefault ?? "";
    return expand(found, values, depth + 1);
  });
}
