import { assert, assertEquals } from "@std/assert";
import { envExample } from "../../src/settings.ts";
import { binary } from "./machine.ts";

const root = new URL("../..", import.meta.url).pathname;

async function sh(command: string): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command("sh", {
    ...{ args: ["-c", command], cwd: root, env: { MAKEFLAGS: "", NO_COLOR: "1" } },
  }).output();
  const text = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  if (!success) throw new Error(`${command}: ${text}`);
  return text.trim();
}

const hasSystemd = await Deno.stat("/usr/bin/systemd-analyze").then(() => true, () => false);
await binary();
const tree = await Deno.makeTempDir({ prefix: "allora-tree-" });
addEventListener("unload", () => Deno.removeSync(tree, { recursive: true }));
await sh(`make -s install DESTDIR=${tree}`);
const system = `${tree}/usr/local/lib/systemd/system`;

Deno.test("the binary alone lays out the same tree as make install, and again without a change", async () => {
  const other = await Deno.makeTempDir({ prefix: "allora-tree-" });
  const look = (dir: string) => sh(`cd ${dir} && find . -printf '%M %p %l %T@\\n' | sort -k2`);
  await sh(`bin/allora-pipeline install --destdir ${other}`);
  await sh(`diff -r --no-dereference ${tree} ${other}`);
  const modes = (text: string) => text.replace(/ \S+$/gm, "");
  assertEquals(modes(await look(other)), modes(await look(tree)));

  const settings = "ALLORA_CHAIN_ID=mine\n";
  await Deno.writeTextFile(`${other}/etc/allora-pipeline/allora-pipeline.env`, settings);
  await sh(`bin/allora-pipeline install --destdir ${other}`);
  const kept = await Deno.readTextFile(`${other}/etc/allora-pipeline/allora-pipeline.env`);
  assertEquals(kept, settings);
  // The same program again is no new version, and so must not push the older one out.
  assertEquals(await sh(`ls ${other}/usr/local/bin`), "allora-pipeline");

  await sh(`make -s uninstall DESTDIR=${other}`);
  assertEquals(
    await sh(`cd ${other} && find . -not -type d`),
    "./etc/allora-pipeline/allora-pipeline.env",
  );
  await Deno.remove(other, { recursive: true });
});

Deno.test("every file in systemd/ is installed, and the settings are those of help env-file", async () => {
  const installed = await sh(`cd ${tree}/usr/local/lib && find . -not -type d -printf '%f\\n'`);
  const shipped: string[] = [];
  for (const { name, isDirectory } of Deno.readDirSync(`${root}systemd`)) {
    if (name === "deploy.sh") continue;
    shipped.push(isDirectory ? "sandbox.conf" : name.replace(/\.(sysusers|tmpfiles)$/, ".conf"));
  }
  assertEquals(installed.split("\n").sort(), shipped.sort());
  const settings = await Deno.readTextFile(`${tree}/etc/allora-pipeline/allora-pipeline.env`);
  assertEquals(settings, envExample());
});

Deno.test("with --prefix the units name the program where it is, and lie where systemd looks", async () => {
  for (const [prefix, shared] of [["/usr", "/usr"], ["/opt/allora", "/usr/local"]]) {
    const other = await Deno.makeTempDir({ prefix: "allora-tree-" });
    await sh(`make -s install PREFIX=${prefix} DESTDIR=${other}`);
    const unit = await sh(`cd ${other}${shared}/lib/systemd/system && cat *.service *.d/*`);
    assert(unit.includes(`ExecStart=${prefix}/bin/allora-pipeline submit`), unit);
    assert(unit.includes(`ExecPaths=${prefix}/bin/allora-pipeline `), unit);
    assert(!unit.includes("/usr/local"), unit);
    await sh(`make -s uninstall PREFIX=${prefix} DESTDIR=${other}`);
    assertEquals(
      await sh(`cd ${other} && find . -not -type d`),
      "./etc/allora-pipeline/allora-pipeline.env",
    );
    await Deno.remove(other, { recursive: true });
  }
});

Deno.test("a prefix that the units could not use is refused in one line", async () => {
  for (
    const [prefix, why] of [
      ["/home/me", "the units' sandbox hides what is there"],
      ["opt", "it is no plain absolute path"],
      ["/opt/my own", "it is no plain absolute path"],
      ["/opt/..", "it is no plain absolute path"],
    ]
  ) {
    const { code, stderr } = await new Deno.Command(`${root}bin/allora-pipeline`, {
      args: ["install", "--destdir", "/nowhere", "--prefix", prefix!],
    }).output();
    assertEquals(code, 64);
    const said = new TextDecoder().decode(stderr);
    assert(said.startsWith(`Error: Cannot use --prefix ${prefix}: ${why}. Try: `), said);
  }
});

Deno.test("only submit and daemon are handed the mnemonic, and rotate nothing", () => {
  const loads: Record<string, string> = {};
  for (const { name } of Deno.readDirSync(`${root}systemd`)) {
    if (!name.endsWith(".service")) continue;
    const unit = Deno.readTextFileSync(`${root}systemd/${name}`);
    const names = [...unit.matchAll(/^LoadCredential=([\w-]+):allora-pipeline\.\1$/gm)];
    loads[name.replace(/^allora-pipeline-?|\.service$/g, "")] = names.map(([, id]) => id).join(" ");
  }
  const channels = "slack-webhook discord-webhook webhook smtp-password heartbeat-url";
  const keys = "atlas-key tiingo-key";
  const all = `mnemonic ${keys} ${channels}`;
  assertEquals(loads, {
    ...{ "": all, "daemon": all, "submit": all, "submit@": all },
    ...{ "health": `${keys} ${channels}`, "alert@": channels, "rotate": "" },
  });
});

Deno.test("no start limit ever turns a unit away", () => {
  for (const { name } of Deno.readDirSync(`${root}systemd`)) {
    if (!name.endsWith(".service") || name === "allora-pipeline.service") continue;
    const limits = Deno.readTextFileSync(`${root}systemd/${name}`).match(/^StartLimit.*$/gm);
    assertEquals(limits, ["StartLimitIntervalSec=0"], name);
  }
});

Deno.test({
  name:
    "systemd has nothing to say against the units, and they are exposed no more than they must be",
  ignore: !hasSystemd,
  fn: async () => {
    await sh(
      `mkdir -p ${tree}/usr/lib/systemd/system ${tree}/bin && cp /bin/kill ${tree}/bin &&
       cp -a /usr/lib/systemd/system/*.target /usr/lib/systemd/system/*.slice ${tree}/usr/lib/systemd/system`,
    );
    // It exits with 0 on unknown settings and bad values: only silence is a pass.
    assertEquals(
      await sh(
        `cd ${system} && systemd-analyze verify --man=no --root=${tree} *.service *.timer *.target`,
      ),
      "",
    );
    for (const unit of ["submit", "submit@", "health", "alert@", "daemon", "rotate"]) {
      // In tenths: 1.1, and 0.2 for the one that needs no network.
      const threshold = unit === "rotate" ? 2 : 11;
      await sh(
        `systemd-analyze security --no-pager --offline=true --threshold=${threshold} \
         ${system}/allora-pipeline-${unit}.service`,
      );
    }
  },
});

Deno.test({
  name: "visits come every five minutes, rotation at :05 and health at :10 past the hour",
  ignore: !hasSystemd,
  fn: async () => {
    const minutes: Record<string, readonly string[]> = {};
    for (const name of ["submit", "rotate", "health"]) {
      const timer = await Deno.readTextFile(`${system}/allora-pipeline-${name}.timer`);
      const calendar = /^OnCalendar=(.*)$/m.exec(timer)![1];
      const next = await sh(
        `systemd-analyze calendar --base-time='2030-01-01 00:00:01' --iterations=13 '${calendar}'`,
      );
      const times = [...next.matchAll(/(?:Next elapse|Iter\. #\d+): .* \d\d:(\d\d):00 /g)];
      minutes[name] = [...new Set(times.map(([, minute]) => minute!))];
    }
    assertEquals(minutes, {
      submit: ["05", "10", "15", "20", "25", "30", "35", "40", "45", "50", "55", "00"],
      ...{ rotate: ["05"], health: ["10"] },
    });
  },
});
