import { dispatch } from "./commands/dispatch.ts";
import { processTerminal } from "./commands/terminal_io.ts";
import { messageOf, PipelineError } from "./errors.ts";
import { paint } from "./host/terminal.ts";

const terminal = processTerminal();
// Deno would end with 1, which says WARNING of health.
for (const kind of ["error", "unhandledrejection"] as const) {
  addEventListener(kind, (event) => {
    event.preventDefault();
    tell(event instanceof PromiseRejectionEvent ? event.reason : event.error);
    Deno.exit();
  });
}
try {
  Deno.exitCode = await dispatch(Deno.args, terminal);
} catch (thrown) {
  tell(thrown);
}
await terminal.journal?.[Symbol.asyncDispose]();
// Listeners for signals, and a venue's kept-alive sockets, would hold the process.
Deno.exit();

/** One line for the person, and the exit code. */
function tell(thrown: unknown): void {
  const said = messageOf(thrown).replace(/\.$/, "");
  const { hint, exitCode } = thrown instanceof PipelineError
    ? thrown
    : { hint: "this is a defect: please report it", exitCode: 70 };
  const cure = hint === undefined ? "" : `${said.endsWith("?") ? "" : "."} Try: ${hint}`;
  // Read and taken off by the journal.
  const level = terminal.journal === undefined ? "" : "<3>";
  terminal.err(`${level}${paint("Error:", "red", terminal.errColour)} ${said}${cure}\n`);
  Deno.exitCode = exitCode;
}
