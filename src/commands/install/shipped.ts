import { bashCompletions } from "../completions/bash.ts";
import { fishCompletions } from "../completions/fish.ts";
import { zshCompletions } from "../completions/zsh.ts";
import { manPage } from "../help_man.ts";
import sandbox from "../../../systemd/allora-pipeline-.service.d/sandbox.conf" with {
  type: "text",
};
import alertService from "../../../systemd/allora-pipeline-alert@.service" with { type: "text" };
import daemonService from "../../../systemd/allora-pipeline-daemon.service" with { type: "text" };
import healthService from "../../../systemd/allora-pipeline-health.service" with { type: "text" };
import healthTimer from "../../../systemd/allora-pipeline-health.timer" with { type: "text" };
import rotateService from "../../../systemd/allora-pipeline-rotate.service" with { type: "text" };
import rotateTimer from "../../../systemd/allora-pipeline-rotate.timer" with { type: "text" };
import submitService from "../../../systemd/allora-pipeline-submit.service" with { type: "text" };
import submitTimer from "../../../systemd/allora-pipeline-submit.timer" with { type: "text" };
import submitTopicService from "../../../systemd/allora-pipeline-submit@.service" with {
  type: "text",
};
import submitTopicTimer from "../../../systemd/allora-pipeline-submit@.timer" with { type: "text" };
import catalog from "../../../systemd/allora-pipeline.catalog" with { type: "text" };
import sysusers from "../../../systemd/allora-pipeline.sysusers" with { type: "text" };
import target from "../../../systemd/allora-pipeline.target" with { type: "text" };
import tmpfiles from "../../../systemd/allora-pipeline.tmpfiles" with { type: "text" };

const SYSTEM = "lib/systemd/system";

/** What is laid out, by the path under the prefix: for systemd and its kin, man and the shells. */
export const SHIPPED: Readonly<Record<string, string>> = {
  [`${SYSTEM}/allora-pipeline-alert@.service`]: alertService,
  [`${SYSTEM}/allora-pipeline-daemon.service`]: daemonService,
  [`${SYSTEM}/allora-pipeline-health.service`]: healthService,
  [`${SYSTEM}/allora-pipeline-health.timer`]: healthTimer,
  [`${SYSTEM}/allora-pipeline-rotate.service`]: rotateService,
  [`${SYSTEM}/allora-pipeline-rotate.timer`]: rotateTimer,
  [`${SYSTEM}/allora-pipeline-submit.service`]: submitService,
  [`${SYSTEM}/allora-pipeline-submit.timer`]: submitTimer,
  [`${SYSTEM}/allora-pipeline-submit@.service`]: submitTopicService,
  [`${SYSTEM}/allora-pipeline-submit@.timer`]: submitTopicTimer,
  [`${SYSTEM}/allora-pipeline.target`]: target,
  [`${SYSTEM}/allora-pipeline-.service.d/sandbox.conf`]: sandbox,
  "lib/sysusers.d/allora-pipeline.conf": sysusers,
  "lib/tmpfiles.d/allora-pipeline.conf": tmpfiles,
  "lib/systemd/catalog/allora-pipeline.catalog": catalog,
  "share/man/man1/allora-pipeline.1": manPage(),
  "share/bash-completion/completions/allora-pipeline": bashCompletions(),
  "share/zsh/site-functions/_allora-pipeline": zshCompletions(),
  "share/fish/vendor_completions.d/allora-pipeline.fish": fishCompletions(),
};

/** The daemon's short name. Not an Alias=, which could be enabled only under the long one. */
export const LINKS: Readonly<Record<string, string>> = {
  [`${SYSTEM}/allora-pipeline.service`]: "allora-pipeline-daemon.service",
};
