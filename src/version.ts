import project from "../deno.json" with { type: "json" };

/** `make build` writes the commit and the world (which registries built it) over this text. */
const STAMP = "@COMMIT@ @WORLD@";

/** Of this program: its version, the commit and the world it was built in, and its Deno. */
export function versionParts() {
  const [commit = "", world = ""] = STAMP.startsWith("@") ? ["source tree"] : STAMP.split(" ");
  return { version: project.version, commit, world, deno: Deno.version.deno };
}

/** Version and commit, as models and logs name the program that made them. */
export function codeVersion(): string {
  const { version, commit } = versionParts();
  return `${version} (${commit})`;
}

/** What `--version` says: version, commit, Deno, and where the @std packages came from. */
export function versionLine(): string {
  const { version, commit, world, deno } = versionParts();
  const built = world === "npm"
    ? ", built with npm-only/ stand-ins for @std"
    : world === "jsr"
    ? ", built with @std from JSR"
    : "";
  return `allora-pipeline ${version} (${commit}, Deno ${deno}${built})`;
}
