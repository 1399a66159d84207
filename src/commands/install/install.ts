import { PipelineError } from "../../errors.ts";
import { table } from "../../host/terminal.ts";
import { shellQuote } from "../../settings/file_error.ts";
import { versionParts } from "../../version.ts";
import type { Handler, Invocation } from "../command.ts";
import { enabledUnits, switchOff } from "../doctor/unit_files.ts";
import { type Layout, layOut, programPaths, takeAway } from "./lay_out.ts";
import { refuseNewerLedger } from "./ledger_fits.ts";
import { scheduleOf } from "./schedule_of.ts";

/** Lays this binary and its units out, and says what to type next. Starts no program itself. */
export const install: Handler = (invocation, terminal) => {
  if (versionParts().commit === "source tree") {
    throw new PipelineError(
      "usage",
      "Cannot install from the source tree: there is no binary yet",
      {
        hint: "make install",
      },
    );
  }
  const layout = layoutOf(invocation);
  const { destdir, prefix } = layout;
  const { env, cwd } = terminal;
  const machine = { flags: {}, env, cwd };
  // Nothing of the machine that packs is true of the one that is packed for.
  if (destdir === "") refuseNewerLedger(machine);
  layOut(layout, Deno.execPath());
  const { program, previous } = programPaths(layout);
  const schedule = destdir === "" ? scheduleOf(machine) : undefined;
  const register = invocation.switches.has("by-make") || destdir !== "" ? [] : REGISTER;
  const enable = ENABLE.filter(({ by }) => schedule === undefined || by === schedule)
    .map((step) => destdir === "" ? afterTheOther(step) : step);
  if (invocation.json) {
    const facts = { program, previous, prefix, destdir, register, enable: enable.map(commandOf) };
    terminal.out(`${JSON.stringify(facts)}\n`);
    return Promise.resolve(0);
  }
  terminal.out(
    `installed ${program}, units for systemd 251 or newer, a man page, completions, and settings to begin with\n`,
  );
  if (destdir !== "") return Promise.resolve(0);
  if (register.length > 0) {
    terminal.out(`\nMake systemd know them, as root:\n\n${lines(register)}`);
  }
  terminal.out(`\nThen, as root${schedule === undefined ? ", with one of the last two" : ""}:\n\n`);
  const steps = [...BEFORE, ...enable].map((step) => [`  ${commandOf(step)}`, `# ${step.why}`]);
  terminal.out(`${table(steps)}\n`);
  if (prefix !== "/usr") {
    const where = prefix === "/usr/local"
      ? "sudo does not look there (Amazon Linux, RHEL)"
      : "PATH does not lead there";
    terminal.out(`\nWhere ${where}, with the path: sudo ${program} init\n`);
  }
  return Promise.resolve(0);
};

/** Removes what install laid out; settings, state and logs stay. Throws "usage" while units are enabled. */
export const uninstall: Handler = (invocation, terminal) => {
  const layout = layoutOf(invocation);
  const enabled = layout.destdir === "" ? enabledUnits("/") : [];
  if (enabled.length > 0 && !invocation.switches.has("by-make")) {
    // Without their files systemd does not find what it is to stop and disable.
    throw new PipelineError(
      "usage",
      `Cannot uninstall: systemd still starts ${enabled.join(", ")}`,
      { hint: `first: systemctl disable --now ${enabled.join(" ")}` },
    );
  }
  takeAway(layout);
  const { destdir } = layout;
  terminal.out(
    invocation.json
      ? `${JSON.stringify({ kept: KEPT.map((path) => destdir + path) })}\n`
      : `removed \
the program and its units; kept ${KEPT.map((path) => destdir + path).join(", ")}, and its user\n`,
  );
  if (!invocation.json && destdir === "" && !invocation.switches.has("by-make")) {
    terminal.out(`\nMake systemd forget them, as root:\n\n${lines(FORGET)}`);
  }
  return Promise.resolve(0);
};

const KEPT = ["/etc/allora-pipeline", "/var/lib/allora-pipeline", "/var/log/allora-pipeline"];

const REGISTER = [
  "systemd-sysusers allora-pipeline.conf",
  "systemd-tmpfiles --create allora-pipeline.conf",
  "journalctl --update-catalog",
  "systemctl daemon-reload",
  "systemctl try-restart allora-pipeline-daemon.service",
];
const FORGET = ["journalctl --update-catalog", "systemctl daemon-reload"];

interface Step {
  readonly command: string;
  readonly why: string;
  readonly by: "timer" | "daemon";
}

const BEFORE: readonly Omit<Step, "by">[] = [
  {
    command: "allora-pipeline init",
    why: "asks for network, topics, wallet and alerts; by hand:",
  },
  { command: "allora-pipeline wallet new", why: "or wallet import, for one that you have" },
  {
    command: "allora-pipeline help topic-file > /etc/allora-pipeline/topics/69.env",
    why: "for each topic, and edit it",
  },
];

const ENABLE: readonly Step[] = [
  {
    command: "systemctl enable --now allora-pipeline.target",
    why: "timers; nothing stays: for epochs of 15 minutes or more",
    by: "timer",
  },
  {
    command: "systemctl enable --now allora-pipeline.service",
    why: "the daemon; in the first blocks of a window: for shorter ones",
    by: "daemon",
  },
];

/** With the command before it that ends the other way to submit, where that one is enabled. */
function afterTheOther(step: Step): Step {
  const first = switchOff(step.by);
  return first === undefined ? step : { ...step, command: `${first} && ${step.command}` };
}

const commandOf = ({ command }: Pick<Step, "command">) => command;
const lines = (commands: readonly string[]) => commands.map((each) => `  ${each}\n`).join("");

/** The units see nothing under these, or something of their own. */
const HIDDEN = /^\/(home|root|run|tmp|var\/tmp|dev|proc|sys)(\/|$)/;

/** Where --destdir and --prefix say. Throws "usage" for a prefix that units cannot name, "denied" for a user. */
function layoutOf({ values }: Invocation): Layout {
  const { destdir = "", prefix = "/usr/local" } = values;
  // Without what systemd, sh and cron would each read as something else.
  if (!/^(\/[\w+-][\w.+-]*)+$/.test(prefix) || HIDDEN.test(prefix)) {
    throw new PipelineError(
      "usage",
      `Cannot use --prefix ${prefix}: ${
        HIDDEN.test(prefix)
          ? "the units' sandbox hides what is there"
          : "it is no plain absolute path"
      }`,
      { hint: "such as /opt/allora, or leave it out; a packager's directory is --destdir" },
    );
  }
  if (destdir !== "" && !destdir.startsWith("/")) {
    throw new PipelineError("usage", `Cannot use --destdir ${destdir}: it is not absolute`);
  }
  // Of this process, and readable in every sandbox; Deno.uid() would be one more permission.
  if (destdir === "" && Deno.statSync("/proc/self").uid !== 0) {
    throw new PipelineError("denied", `Cannot write to ${prefix}: only root may`, {
      hint: `sudo ${shellQuote(Deno.execPath())} ${Deno.args.map(shellQuote).join(" ")}`,
    });
  }
  return { destdir: destdir.replace(/\/+$/, ""), prefix };
}
