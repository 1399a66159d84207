/** What the parts of the lock files have in common. */
interface Lock {
  readonly jsr?: Readonly<Record<string, { readonly integrity: string }>>;
  readonly npm?: Readonly<Record<string, { readonly integrity: string }>>;
}

export interface SbomOptions {
  readonly version: string;
  readonly commit: string;
  readonly deno: string;
  /** Of the commit, seconds since 1970: the same commit has the same bytes. */
  readonly commitTime: number;
  /** deno.lock, which says what the program is to be made of. */
  readonly pinned: Lock;
  /** The lock file of the build: where JSR is out of reach it has packages in the place of those of JSR. */
  readonly built: Lock;
}

/** The bill of materials, CycloneDX 1.6: https://cyclonedx.org/docs/1.6/json/ */
export function sbom({ version, commit, deno, commitTime, pinned, built }: SbomOptions) {
  const isInBuild = new Set(Object.keys(built.jsr ?? {}));
  const jsr = Object.entries(pinned.jsr ?? {}).map(([key, { integrity }]) => ({
    ...component(key, "generic"),
    // Not in this binary: npm-only/ of this repository stands for it.
    scope: isInBuild.has(key) ? "required" : "excluded",
    // Of the package's manifest, which has the hash of every file.
    hashes: [{ alg: "SHA-256", content: integrity }],
  }));
  const npm = Object.entries(built.npm ?? {}).map(([key, { integrity }]) => ({
    ...component(key, "npm"),
    scope: "required",
    hashes: [{ alg: "SHA-512", content: sha512Of(key, integrity) }],
  }));
  return {
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: {
      timestamp: new Date(commitTime * 1000).toISOString(),
      component: {
        ...{ type: "application", "bom-ref": "allora-pipeline", name: "allora-pipeline", version },
        purl: `pkg:generic/allora-pipeline@${version}`,
        properties: [{ name: "commit", value: commit }],
      },
    },
    components: [
      { ...component(`deno@${deno}`, "generic"), type: "platform", scope: "required" },
      ...jsr,
      ...npm,
    ],
  };
}

/** From the key of a lock file: "@scope/name@1.2.3", "name@1.2.3_peer@4.5.6". */
function component(key: string, type: "npm" | "generic") {
  const [, scope, name, version] = /^(?:@([^/]+)\/)?([^@/]+)@([^_]+)/.exec(key) ?? [];
  if (name === undefined || version === undefined) {
    throw new Error(`Cannot read the package ${key}`);
  }
  const purl = `pkg:${type}/${scope === undefined ? "" : `%40${scope}/`}${name}@${version}`;
  const group = scope === undefined ? {} : { group: `@${scope}` };
  return { type: "library", "bom-ref": `${type}:${key}`, ...group, name, version, purl };
}

function sha512Of(key: string, integrity: string): string {
  const [, base64] = /^sha512-([\w+/]{86}==)$/.exec(integrity) ?? [];
  if (base64 === undefined) throw new Error(`Cannot read the integrity of ${key}: ${integrity}`);
  return Uint8Array.fromBase64(base64).toHex();
}

/** sbom.ts BUILT_LOCK COMMIT COMMIT_TIME, in the repository: the bill as JSON. */
if (import.meta.main) {
  const [built = "deno.lock", commit = "unknown", commitTime = "0"] = Deno.args;
  const read = (path: string) => JSON.parse(Deno.readTextFileSync(path));
  const bill = sbom({
    ...{ version: read("deno.json").version, commit, deno: Deno.version.deno },
    ...{ commitTime: Number(commitTime), pinned: read("deno.lock"), built: read(built) },
  });
  console.log(JSON.stringify(bill, null, 2));
}
