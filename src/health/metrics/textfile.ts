import { PipelineError } from "../../errors.ts";
import { writeAtomically } from "../../host/atomic_file.ts";

/**
 * Writes the metrics for node_exporter's textfile collector, which runs as another user and reads only
 * names that end in .prom: throws "config" for any other, and as writeAtomically does.
 */
export function writeTextfile(path: string, text: string): void {
  if (!path.endsWith(".prom")) {
    throw new PipelineError("config", `Cannot write metrics to ${path}: it does not end in .prom`, {
      hint: "node_exporter reads no other files: name one such as allora-pipeline.prom",
    });
  }
  writeAtomically(path, text, { mode: 0o644 });
}
