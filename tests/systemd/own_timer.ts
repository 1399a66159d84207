import { assert, assertEquals, assertMatch } from "@std/assert";
import { ETC, type Installed, isActive, UNIT } from "./installed.ts";
import { eventually } from "./machine.ts";

const TOPIC = "3";

/** A topic with a timer of its own, which comes round by its calendar: nothing starts the service but it. */
export async function ownTimer({ machine, devnet, epochs }: Installed) {
  const { run, show } = machine;
  for (const unit of ["-submit.timer", "-submit@1.timer", "-daemon.service"]) {
    assert(!await isActive(machine, unit), unit);
  }
  await run(`${UNIT} init --topics 1,${TOPIC} --yes --json`);
  const [timer, service] = ["timer", "service"].map((kind) => `${UNIT}-submit@${TOPIC}.${kind}`);
  await machine.write(
    `/etc/systemd/system/${timer}.d/soon.conf`,
    "[Timer]\nOnCalendar=\nOnCalendar=*:*:0/2\nRandomizedDelaySec=0\n",
  );
  await run(`systemctl daemon-reload && systemctl enable --now ${timer}`);
  const visits = new Set<string>();
  await eventually("the timer came round, twice", async () => {
    visits.add(await show(service!, "InvocationID"));
    return visits.size > 2 || visits.size === 2 && !visits.has("");
  }, 60);
  const ofTopic = async () => (await epochs()).filter(({ topic_id }) => topic_id === TOPIC);
  await eventually("a confirmed submission for the topic", async () => {
    return (await ofTopic()).some(({ state }) => state === "confirmed");
  }, 90);
  await run(`systemctl disable --now ${timer} && rm -r /etc/systemd/system/${timer}.d &&
    systemctl daemon-reload`);
  await eventually("the last visit's end", async () => {
    return await show(service!, "ActiveState") === "inactive";
  });
  assertEquals(await show(service!, "Result"), "success");

  const { tx_hash } = (await ofTopic()).find(({ state }) => state === "confirmed")!;
  assertEquals(devnet.chain.tx(tx_hash!)?.result.code, 0);
  // The unit itself has sent it.
  const said = (await machine.journal(`-u ${service}`)).filter(({ ALLORA_TX_HASH }) =>
    ALLORA_TX_HASH === tx_hash
  );
  assert(said.some(({ MESSAGE }) => `${MESSAGE}`.startsWith("submission sent")), tx_hash!);
  assert(said.every(({ ALLORA_TOPIC_ID }) => ALLORA_TOPIC_ID === TOPIC));
  assertMatch(await run(`systemctl cat ${service}`), /^ExecStart=\S+ submit --topic %i$/m);
  await run(`rm ${ETC}/topics/${TOPIC}.env`);
}
