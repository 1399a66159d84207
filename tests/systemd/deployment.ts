import { assert, assertEquals, assertMatch } from "@std/assert";
import { copyOfTree, type Said, said } from "../build/tree.ts";
import { ETC, type Installed, resultOf, UNIT } from "./installed.ts";
import type { Machine } from "./machine.ts";

const root = new URL("../..", import.meta.url).pathname;
/** The commit of what is built where there is no repository. */
const COPY = /\(unknown/;

/** The program with another commit in it, so that it is another version. */
export async function olderProgram({ run }: Machine): Promise<string> {
  const version = JSON.parse(await run(`${UNIT} version --json`));
  const older = "0".repeat(version.commit.length);
  await run(
    `sed 's/${version.commit}/${older}/g' /mnt/bin/${UNIT} > /root/older && chmod +x /root/older`,
  );
  assertEquals(JSON.parse(await run("/root/older version --json")).commit, older);
  return older;
}

/** Ways of an operator to the machine, which takes itself for the host that ssh and scp lead to. */
interface Remote extends AsyncDisposable {
  /** make in a tree of its own: it builds bin/ anew, which other tests are using here. */
  make(...args: string[]): Promise<Said>;
  /** What make deploy does once it has built, with what is built here. */
  deploy(...program: string[]): Promise<Said>;
}

async function remote(machine: Machine): Promise<Remote> {
  const dir = await Deno.makeTempDir({ prefix: "allora-deploy-" });
  const enter = machine.enter.map((word) => `'${word}'`).join(" ");
  const script = (name: string, text: string) =>
    Deno.writeTextFile(`${dir}/${name}`, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  await script("ssh", `shift; exec ${enter} sh -c "$*"`);
  await script("scp", `exec ${enter} sh -c "cat > \${3#*:}" < "$2"`);
  await machine.write("/usr/local/bin/sudo", '#!/bin/sh\nexec "$@"\n', "0755");
  const tree = `${dir}/tree`;
  await copyOfTree(tree);
  const env = { PATH: `${dir}:${Deno.env.get("PATH")}` };
  return {
    make: (...args) => said(["make", "-s", ...args], tree, env),
    deploy: (...program) => said(["sh", "systemd/deploy.sh", "there", ...program], root, env),
    [Symbol.asyncDispose]: () => Deno.remove(dir, { recursive: true }),
  };
}

export async function deployment({ machine }: Installed) {
  const { run } = machine;
  await using there = await remote(machine);
  const { make, deploy } = there;
  const program = `bin/${UNIT}`;
  const newer = JSON.parse(await run(`${UNIT} version --json`)).commit;
  const older = await olderProgram(machine);
  await run("/root/older install");

  const settings = `${ETC}/${UNIT}.env`;
  await run(`cp -p ${settings} ${settings}.good && echo ALLORA_RPC_TIMEOUT=soon >> ${settings}`);
  const refused = await deploy(program);
  assertMatch(refused.text, /doctor objects: nothing is changed/);
  assert(refused.code !== 0);
  assertEquals(JSON.parse(await run(`${UNIT} version --json`)).commit, older);
  // What is to be undone may be what doctor objects to.
  const forced = await deploy();
  assertEquals(forced.code, 0, forced.text);
  assert(forced.text.includes("doctor objects") && forced.text.includes(newer), forced.text);
  await deploy();
  await run(`mv ${settings}.good ${settings}`);

  const deployed = await make("deploy", "HOST=there");
  assertEquals(deployed.code, 0, deployed.text);
  assertMatch(deployed.text, COPY);
  assert(!deployed.text.includes("asks for network"), deployed.text);
  assertEquals(await run("find /tmp -name 'tmp.*'"), "");
  await newerLedger(machine, async () => {
    const unfit = await make("rollback", "HOST=there");
    assertMatch(unfit.text, /Cannot install this version: .* has schema version 99, newer than/);
    assert(unfit.code !== 0 && !unfit.text.includes(older), unfit.text);
    assertMatch(await run(`${UNIT} version`), COPY);
  });
  const back = await make("rollback", "HOST=there");
  assertEquals(back.code, 0, back.text);
  assert(back.text.includes(older), back.text);
  await deploy();

  // As on a machine that is new: doctor has nothing to look at yet.
  await run(`mv ${ETC}/topics/1.env /root/1.env`);
  const fresh = await deploy(program);
  assertEquals(fresh.code, 0, fresh.text);
  assert(fresh.text.includes("asks for network"), fresh.text);
  await run(`mv /root/1.env ${ETC}/topics/1.env`);

  await run(`install -m 0755 /dev/stdin /usr/local/bin/uname`, "#!/bin/sh\necho aarch64\n");
  const foreign = await deploy(program);
  assertMatch(
    foreign.text,
    /^there: it is aarch64, and bin\/allora-pipeline is for x86_64: make build/,
  );
  await run("rm /usr/local/bin/uname");
  await run(`install -m 0755 /dev/stdin /usr/local/bin/getconf`, "#!/bin/sh\necho glibc 2.5\n");
  const old = await deploy(program);
  assertMatch(old.text, /^there: its glibc is 2\.5, and bin\/allora-pipeline needs 2\.\d+/);
  assert(foreign.code !== 0 && old.code !== 0);
  await run(`rm /usr/local/bin/getconf`);
  await run(`install -m 0755 /dev/stdin /usr/local/bin/systemctl`, "#!/bin/sh\necho systemd 249\n");
  assertMatch((await deploy(program)).text, /^there: its systemd is 249, and .* need 251 or newer/);
  await run("rm /usr/local/bin/systemctl");
  const nowhere = await make("rollback");
  assert(nowhere.code !== 0);
  assertMatch(nowhere.text, /^HOST= is missing: make deploy HOST=user@machine\n/);
}

/** As if the program in use were of a version that has changed the ledger's schema. */
async function newerLedger({ run }: Machine, work: () => Promise<void>) {
  const state = `/var/lib/${UNIT}`;
  await run(`touch ${ETC}/paused && systemctl stop '${UNIT}-submit*.service'`);
  await run(`${UNIT} ledger backup /root/newer.db && mkdir /root/aside`);
  // The schema's version, where SQLite keeps it in the header.
  await run("printf '\\143' | dd of=/root/newer.db bs=1 seek=63 conv=notrunc");
  await run(`mv ${state}/ledger.db* /root/aside && cp /root/newer.db ${state}/ledger.db`);
  await work();
  await run(
    `rm ${state}/ledger.db* /root/newer.db && mv /root/aside/* ${state} && rmdir /root/aside`,
  );
  await run(`rm ${ETC}/paused`);
}

export async function elsewhere({ machine }: Installed) {
  const { run } = machine;
  await using there = await remote(machine);
  const place = ["HOST=there", "PREFIX=/opt/allora"];
  const program = `/opt/allora/bin/${UNIT}`;
  const first = await there.make("rollback", ...place);
  assertEquals(
    first.text.split("\n")[0],
    `there is no version before: ${program}.previous is missing`,
  );
  const older = await olderProgram(machine);
  await run("/root/older install --prefix /opt/allora");
  const deployed = await there.make("deploy", ...place);
  assertEquals(deployed.code, 0, deployed.text);
  assertMatch(await run(`${program} version`), COPY);

  assert((await machine.show(`${UNIT}-submit`, "ExecStart")).includes(`path=${program} `));
  await run(`systemctl start ${UNIT}-submit.service`);
  assertEquals(await resultOf(machine, "submit"), "success 0");
  assertMatch(await run(`${program} schedule --cron`), new RegExp(`; ${program} submit >`));

  const back = await there.make("rollback", ...place);
  assertEquals(back.code, 0, back.text);
  assertEquals(JSON.parse(await run(`${program} version --json`)).commit, older);
  await run("make -C /mnt uninstall PREFIX=/opt/allora");
  assertEquals(await run(`find /opt /usr/local/lib -name '${UNIT}*' -not -type d`), "");
  await run("make -C /mnt install");
}
