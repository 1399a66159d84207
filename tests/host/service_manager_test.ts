import { assert, assertEquals, assertMatch } from "@std/assert";
import { openServiceManager } from "../../src/host/service_manager.ts";

/** The socket of a service manager, and what it has been told. */
function manager(dir: string) {
  const path = `${dir}/notify`;
  const socket = Deno.listenDatagram({ transport: "unixpacket", path });
  return {
    path,
    heard: async () => new TextDecoder().decode((await socket.receive())[0]),
    [Symbol.dispose]: () => socket.close(),
  };
}

async function inDir(test: (dir: string) => Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir({ prefix: "allora-notify-test-" });
  try {
    await test(dir);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

const never = (reason: string) => {
  throw new Error(reason);
};

Deno.test("systemd is told of each state, in order, and of a status only when it changes", () =>
  inDir(async (dir) => {
    using systemd = manager(dir);
    {
      await using service = openServiceManager({
        NOTIFY_SOCKET: systemd.path,
        WATCHDOG_USEC: "30000000",
        WATCHDOG_PID: String(Deno.pid),
      }, never);
      service.ready();
      service.status("1 topic\nwell");
      service.status("1 topic\nwell");
      service.alive();
      service.reloading();
      service.ready();
      service.stopping();
      assert(service.pingMs < 15_000, "less than half of what the watchdog waits");
    }
    const heard: string[] = [];
    for (let i = 0; i < 6; i++) heard.push(await systemd.heard());
    const [, , , reloading = ""] = heard;
    assertEquals(heard.with(3, ""), [
      "READY=1",
      "STATUS=1 topic well",
      "WATCHDOG=1",
      "",
      "READY=1",
      "STOPPING=1",
    ]);
    assertMatch(reloading, /^RELOADING=1\nMONOTONIC_USEC=\d+$/);
    // Boot time and CLOCK_MONOTONIC are the same but for a suspended machine.
    const [uptime = ""] = (await Deno.readTextFile("/proc/uptime")).split(" ");
    const ahead = Number(reloading.split("=")[2]) / 1e6 - Number(uptime);
    assert(Math.abs(ahead) <= 1.5, String(ahead));
  }));

Deno.test("nobody is told, and nothing fails, without a socket and with an abstract one", async () => {
  for (
    const env of [{}, { NOTIFY_SOCKET: "" }, { NOTIFY_SOCKET: "@/org/x", WATCHDOG_USEC: "1000" }]
  ) {
    await using service = openServiceManager(env, never);
    service.ready();
    service.alive();
    service.reloading();
    assertEquals(service.pingMs, Infinity);
  }
});

Deno.test("another process's watchdog, and none, are not pinged", () =>
  inDir(async (dir) => {
    using systemd = manager(dir);
    for (const env of [{}, { WATCHDOG_USEC: "1000", WATCHDOG_PID: "1" }, { WATCHDOG_USEC: "x" }]) {
      await using service = openServiceManager({ NOTIFY_SOCKET: systemd.path, ...env }, never);
      service.alive();
      service.ready();
      assertEquals([service.pingMs, await systemd.heard()], [Infinity, "READY=1"]);
    }
  }));

Deno.test("a socket that is gone is said once, and heard again when it is back", () =>
  inDir(async (dir) => {
    const reasons: string[] = [];
    await using service = openServiceManager(
      { NOTIFY_SOCKET: `${dir}/notify` },
      (reason) => reasons.push(reason),
    );
    service.ready();
    service.stopping();
    while (reasons.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    using systemd = manager(dir);
    service.status("back");
    assertEquals(await systemd.heard(), "STATUS=back");
    assertEquals(reasons.length, 1);
    assertMatch(reasons[0]!, /\/notify: No such file/);
  }));
