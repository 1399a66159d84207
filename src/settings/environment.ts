import { PipelineError } from "../errors.ts";
import { closestName } from "./closest.ts";
import { commandToKeep, SECRET_NAME, secretIn } from "./secret_shapes.ts";

/**
 * Refuses a secret among the flags and in the environment, both of which other processes can see, and
 * a variable that is nearly a setting's name. Of other programs' variables only a mnemonic is refused:
 * 64 hex digits may well be theirs. Throws "config"; no value is repeated.
 */
export function checkEnvironment(
  flags: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string | undefined>>,
  known: readonly string[],
  mnemonicFile: string,
): void {
  for (const [flag, text] of Object.entries(flags)) {
    const secret = secretIn(text);
    if (!secret) continue;
    const command = commandToKeep(secret, "cat", mnemonicFile);
    refuse(
      `Cannot use --${flag}: it holds a ${secret}, and every user can see a flag`,
      `Take it out of the shell's history, and paste it into: ${command}`,
    );
  }
  for (const [name, text = ""] of Object.entries(env)) {
    const isOurs = /^allora_/i.test(name);
    const looksLike = secretIn(text);
    const secret = isOurs || looksLike === "mnemonic" ? looksLike : undefined;
    if (secret || (text && SECRET_NAME.test(name))) {
      const kind = secret ?? "secret";
      const command = commandToKeep(kind, `printf '%s\\n' "$${name}"`, mnemonicFile);
      refuse(
        `Cannot use ${name} from the environment: it holds a ${kind}, which is never a setting`,
        `Move it: ${command} && unset ${name}`,
      );
    }
    if (!isOurs || known.includes(name)) continue;
    const meant = closestName(name, known);
    if (meant) {
      refuse(
        `Cannot use ${name} from the environment: it is not a setting`,
        `Did you mean ${meant}?`,
      );
    }
  }
}

function refuse(message: string, hint: string): never {
  throw new PipelineError("config", message, { hint });
}
