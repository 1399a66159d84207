import { join } from "node:path";

/** Where this run's files lie: the machine's directories when installed, else the working directory. */
export interface Place {
  readonly globalFile: string;
  readonly topicsDir: string;
  /** Where a person keeps the mnemonic when systemd does not hand it over. */
  readonly mnemonicHome: string;
  /** Defaults of the settings that depend on the place. */
  readonly located: Readonly<Record<string, string>>;
}

type Env = Readonly<Record<string, string | undefined>>;

/** Installed means that /etc/allora-pipeline exists; systemd's own directories win over both. */
export function locate(env: Env, cwd: string, root: string): Place {
  const config = join(root, "etc/allora-pipeline");
  const installed = exists(config);
  const secretHome = (name: string) => installed ? join(config, name) : join(cwd, "data", name);
  const secret = (name: string) => {
    const credentials = env["CREDENTIALS_DIRECTORY"];
    const credential = credentials && join(credentials, name);
    return credential && exists(credential) ? credential : secretHome(name);
  };
  const directory = (variable: string, system: string, byHand: string) =>
    // systemd separates several directories by colons; the first is the unit's own.
    env[variable]?.split(":")[0] || (installed ? join(root, system) : join(cwd, byHand));
  return {
    globalFile: installed ? join(config, "allora-pipeline.env") : join(cwd, ".env"),
    topicsDir: join(installed ? config : cwd, "topics"),
    mnemonicHome: secretHome("mnemonic"),
    located: {
      ALLORA_MNEMONIC_FILE: secret("mnemonic"),
      ALLORA_ATLAS_KEY_FILE: secret("atlas-key"),
      ALLORA_TIINGO_KEY_FILE: secret("tiingo-key"),
      ALLORA_SLACK_WEBHOOK_FILE: secret("slack-webhook"),
      ALLORA_DISCORD_WEBHOOK_FILE: secret("discord-webhook"),
      ALLORA_WEBHOOK_FILE: secret("webhook"),
      ALLORA_HEARTBEAT_URL_FILE: secret("heartbeat-url"),
      ALLORA_SMTP_PASSWORD_FILE: secret("smtp-password"),
      ALLORA_STATE_DIR: directory("STATE_DIRECTORY", "var/lib/allora-pipeline", "data"),
      ALLORA_LOG_DIR: directory("LOGS_DIRECTORY", "var/log/allora-pipeline", "logs"),
    },
  };
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch (thrown) {
    // What may not be looked at is there; reading it will say what is wrong.
    return !(thrown instanceof Deno.errors.NotFound || thrown instanceof Deno.errors.NotADirectory);
  }
}
