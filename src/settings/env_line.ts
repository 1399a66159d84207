/** A line that Docker, systemd and dotenv would not read alike. */
export interface Misspelling {
  readonly found: string;
  /** The safe spelling, or how to come to it. */
  readonly hint: string;
}

const IGNORED = /^[ \t]*(#|$)/;

/** The name that a well-spelt line sets, undefined for an empty line or a comment. */
export function nameOf(line: string): string | undefined {
  return IGNORED.test(line) ? undefined : /^[ \t]*(\w+)=/.exec(line)?.[1];
}

/**
 * What the three readers of env files would read differently in `line`, if anything. docker run
 * --env-file keeps everything after "=" as it is; systemd's EnvironmentFile= takes off quotes and
 * backslashes and joins a line (in old versions a comment too) that ends with one; dotenv takes off
 * quotes, ends a value at "#" and replaces $NAME. `file` is quoted for a shell; a value is repeated in
 * the hint only if it `isOurs`.
 */
export function misspelling(
  line: string,
  file: string,
  isOurs: (name: string) => boolean,
): Misspelling | undefined {
  if (line.startsWith("\uFEFF")) {
    const hint = `Run: sed -i '1s/^\\xEF\\xBB\\xBF//' ${file}`;
    return { found: "it begins with a byte order mark", hint };
  }
  if (line.endsWith("\r")) {
    return { found: "it ends with a carriage return", hint: `Run: sed -i 's/\\r$//' ${file}` };
  }
  if (line.endsWith("\\")) {
    return {
      found: "it ends with a backslash",
      hint: "Write it on one line, without the backslash",
    };
  }
  if (IGNORED.test(line)) return undefined;

  const [, name, value = ""] = /^[ \t]*([A-Za-z_]\w*)=(.*)$/s.exec(line) ?? [];
  if (name === undefined) {
    const [, meant] = /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=/.exec(line) ?? [];
    return meant
      ? { found: `${meant} is not spelt NAME=value`, hint: `Begin the line with ${meant}=` }
      : { found: "it is neither NAME=value nor a comment", hint: "Begin a comment with #" };
  }
  const trouble = troubleIn(value);
  if (!trouble) return undefined;
  const safe = value.replace(/(^|\s+)#.*$/, "").trim().replace(/^(["'])(.*)\1$/, "$2").trim();
  return {
    found: `the value of ${name} has ${trouble}, which Docker, systemd and dotenv read differently`,
    hint: isOurs(name) && !troubleIn(safe)
      ? `Write ${name}=${safe}${value.includes("#") ? ", the comment on a line of its own" : ""}`
      : `Write the value of ${name} without ${trouble}`,
  };
}

function troubleIn(value: string): string | undefined {
  if (/["'`]/.test(value)) return "quotes";
  if (value.includes("#")) return "a #";
  if (value.includes("$")) return "a $";
  if (value.includes("\\")) return "a backslash";
  if (value !== value.trim()) return "spaces at its start or end";
  if (/[\p{C}\p{Zl}\p{Zp}]/u.test(value)) return "a control character";
  return undefined;
}
