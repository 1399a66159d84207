import project from "../deno.json" with { type: "json" };

/** `make build` writes the commit and the world (which registries built it) over this text. */
const STAMP = "@COMMIT@ @WORLD@";

/** What `--version` says: version, commit, Deno, and where the @std packages came from. */
export function versionLine(): string {
  const [commit, world] = STAMP.startsWith("@") ? ["source tree", ""] : STAMP.split(" ");
  const built = world === "npm"
    ? ", built with npm-only/ stand-ins for @std"
    : world === "jsr"
    ? ", built with @std from JSR"
    : "";
  return `allora-pipeline ${project.version} (${commit}, Deno ${Deno.version.deno}${built})`;
}

export const VERSION: string = project.version;
