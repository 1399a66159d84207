import { dirname, join } from "node:path";
import type { CheckResult } from "../../health/check.ts";
import { fileError, rootFor, shellQuote } from "../../settings/file_error.ts";
import { type Examined, failed } from "./examined.ts";

/** Who may change what steers the program, or what it remembers. */
export function permissions({ settings, place }: Examined): readonly CheckResult[] {
  const { stateDir, logDir } = settings;
  const config = dirname(place.globalFile);
  return [
    ...look(place.globalFile, { id: "settings file", worst: 0o022 }),
    ...look(place.topicsDir, { id: "topics", worst: 0o022 }),
    ...config === dirname(stateDir) ? [] : look(config, { id: "settings", worst: 0o022 }),
    ...look(stateDir, { id: "state", worst: 0o027 }),
    ...look(logDir, { id: "log", worst: 0o022 }),
    ...[stateDir, logDir].flatMap(strangers),
  ];
}

interface Rule {
  readonly id: string;
  /** Bits of the mode that nobody but the owner should have. */
  readonly worst: number;
}

/** Nothing for what is not there: it is made with the right mode. */
function look(path: string, { id, worst }: Rule): readonly CheckResult[] {
  const what = { id, subject: path };
  try {
    const { mode } = Deno.statSync(path);
    const octal = ((mode ?? 0) & 0o777).toString(8).padStart(4, "0");
    const excess = (mode ?? 0) & worst;
    if (excess === 0) return [{ ...what, status: "OK", message: `mode ${octal}` }];
    const isWritable = (excess & 0o022) !== 0;
    return [{
      ...what,
      status: isWritable ? "CRITICAL" : "WARNING",
      message: `mode ${octal}: others may ${isWritable ? "change" : "read"} it`,
      fix: `${rootFor(path)}chmod ${isWritable ? "go-w" : "o-rwx"} ${shellQuote(path)}`,
    }];
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return [];
    return [failed(what, fileError("look at", path, thrown), `ls -ld ${shellQuote(path)}`)];
  }
}

/** Files of another owner than their directory's: root by hand shuts the service out. */
function strangers(directory: string): readonly CheckResult[] {
  const what = { id: "owner", subject: directory };
  try {
    const { uid, gid } = Deno.statSync(directory);
    const odd = [...Deno.readDirSync(directory)].map(({ name }) => name)
      .filter((name) => Deno.lstatSync(join(directory, name)).uid !== uid);
    if (odd.length === 0) return [];
    const message = `${odd.slice(0, 3).join(", ")}${
      odd.length > 3 ? ` and ${odd.length - 3} more` : ""
    } of another owner: the service cannot write there`;
    const fix = `${rootFor(directory)}chown -R ${uid}:${gid} ${shellQuote(directory)}`;
    return [{ ...what, status: "CRITICAL", message, fix }];
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return [];
    return [
      failed(what, fileError("look at", directory, thrown), `ls -l ${shellQuote(directory)}`),
    ];
  }
}
