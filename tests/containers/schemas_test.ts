import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { DCLinter } from "dclint";
import { ConfigMap, PersistentVolumeClaim } from "kubernetes-models/v1";
import { Deployment } from "kubernetes-models/apps/v1";
import { parse, parseAllDocuments } from "yaml";

const root = new URL("../..", import.meta.url).pathname;

/** What the Compose Specification's schema has against the file. */
async function composeErrors(text: string): Promise<readonly string[]> {
  const dir = await Deno.makeTempDir({ prefix: "allora-compose-" });
  try {
    await Deno.writeTextFile(`${dir}/docker-compose.yml`, text);
    const linter = new DCLinter({ rules: {}, quiet: true, debug: false, exclude: [] });
    return linter.lintFiles([`${dir}/docker-compose.yml`], false)
      .flatMap(({ messages }) => messages)
      .filter(({ rule }) => rule.startsWith("invalid-"))
      .map(({ message }) => message);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

const KINDS = { ConfigMap, PersistentVolumeClaim, Deployment };

/** Throws what Kubernetes' schema has against one object. */
function validate(object: { readonly kind: keyof typeof KINDS }): void {
  const Kind = KINDS[object.kind];
  assert(Kind, `no schema for ${object.kind}`);
  // deno-lint-ignore no-explicit-any -- the models take what they are to judge as if it were right
  new Kind(object as any).validate();
}

const composeFile = await Deno.readTextFile(`${root}docker-compose.yml`);
const manifest = await Deno.readTextFile(`${root}docs/kubernetes.yml`);
const objects = parseAllDocuments(manifest).map((document) => document.toJS());

Deno.test("the Compose file is what the Compose Specification allows", async () => {
  assertEquals(await composeErrors(composeFile), []);
  assertMatch(
    String(await composeErrors(composeFile.replace("retries: 3", "tries: 3"))),
    /healthcheck/,
  );
});

Deno.test("Compose runs the brief's three services, and hands the wallet to the daemon alone", () => {
  const { services, secrets } = parse(composeFile, { merge: true });
  const shown = Object.entries<Record<string, unknown>>(services)
    .map(([name, { command, secrets }]) => [name, command, secrets]);
  assertEquals(shown, [
    ["allora-pipeline", ["daemon"], ["mnemonic"]],
    ["allora-log-rotator", ["rotate", "--every", "1h"], undefined],
    ["allora-health-monitor", ["health", "--every", "10m"], undefined],
  ]);
  assertEquals(secrets, { mnemonic: { file: "./secrets/mnemonic" } });
  for (const service of Object.values<Record<string, unknown>>(services)) {
    assertEquals(service["restart"], "unless-stopped");
    assertEquals(service["deploy"], { resources: { limits: { cpus: "2", memory: "4G" } } });
    assertEquals(service["healthcheck"], {
      test: ["CMD", "allora-pipeline", "health"],
      ...{ interval: "300s", timeout: "30s", retries: 3, start_period: "300s" },
    });
  }
});

Deno.test("the manifest is what Kubernetes' schemas allow", () => {
  assertEquals(objects.map(({ kind }) => kind).sort(), [
    ...["ConfigMap", "Deployment", "PersistentVolumeClaim", "PersistentVolumeClaim"],
  ]);
  for (const object of objects) validate(object);
  const wrong = manifest.replace("replicas: 1", "replicas: one");
  assertThrows(
    () => parseAllDocuments(wrong).map((document) => validate(document.toJS())),
    Error,
    "replicas",
  );
});

Deno.test("Kubernetes runs the same three, one pod at a time, and hands the wallet to the daemon alone", () => {
  const { spec } = objects.find(({ kind }) => kind === "Deployment");
  assertEquals([spec.replicas, spec.strategy], [1, { type: "Recreate" }]);
  const { containers } = spec.template.spec;
  const names = ({ volumeMounts }: { volumeMounts: readonly { name: string }[] }) =>
    volumeMounts.map(({ name }) => name);
  assertEquals(
    containers.map(({ args }: { args: readonly string[] }) => args.join(" ")),
    ["daemon", "rotate --every 1h", "health --every 10m"],
  );
  assertEquals(
    containers.map((each: Parameters<typeof names>[0]) => names(each).includes("wallet")),
    [true, false, false],
  );
});
