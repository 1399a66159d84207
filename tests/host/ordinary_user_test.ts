import { assertEquals } from "@std/assert";

/** The configuration that this test itself runs under: see npm-only/README.md. */
const CONFIG = import.meta.resolve("@std/dotenv").startsWith("jsr:")
  ? "deno.json"
  : ".npm-only.json";

Deno.test("every door to the disk says which file an ordinary user may not use", async () => {
  const cwd = Deno.makeTempDirSync({ prefix: "root-" });
  try {
    for (const name of [".env", "mnemonic"]) Deno.writeTextFileSync(`${cwd}/${name}`, "X=1\n");
    for (const name of [".env", "mnemonic"]) Deno.chmodSync(`${cwd}/${name}`, 0);
    Deno.chmodSync(cwd, 0o555);
    const script = new URL("ordinary_user.ts", import.meta.url).pathname;
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-q", "-A", "--frozen", "-c", CONFIG, script, cwd],
    }).output();
    const denied = (message: string) => ({ kind: "denied", message });
    assertEquals(JSON.parse(new TextDecoder().decode(stdout)), {
      settings: denied("Cannot read .env: permission is denied"),
      mnemonic: denied("Cannot read /mnemonic: permission is denied"),
      lock: denied("Cannot lock /lock: permission is denied"),
      write: denied("Cannot write /file: permission is denied"),
      log: denied("Cannot write /submission.log: permission is denied"),
    });
  } finally {
    Deno.chmodSync(cwd, 0o755);
    Deno.removeSync(cwd, { recursive: true });
  }
});
