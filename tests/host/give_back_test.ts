import { assertEquals } from "@std/assert";
import { giveBack } from "../../src/host/give_back.ts";

const isRoot = Deno.uid() === 0;
const USER = 65534;

Deno.test({
  name: "what root leaves in a service's directory is the service's, and nothing beyond it",
  ignore: !isRoot,
  fn() {
    const dir = Deno.makeTempDirSync();
    const cwd = Deno.cwd();
    const mine = `${Deno.makeTempDirSync()}/mine`;
    Deno.writeTextFileSync(mine, "");
    Deno.mkdirSync(`${dir}/models/1`, { recursive: true });
    for (const name of ["ledger.db", "models/1/a.json"]) {
      Deno.writeTextFileSync(`${dir}/${name}`, "");
    }
    Deno.symlinkSync(mine, `${dir}/link`);
    Deno.chownSync(dir, USER, USER);
    Deno.writeTextFileSync(`${dir}/theirs`, "");
    Deno.chownSync(`${dir}/theirs`, 1234, 1234);
    giveBack([dir, `${dir}/missing`]);
    const owner = (path: string) => Deno.lstatSync(path).uid;
    assertEquals(
      ["ledger.db", "models", "models/1", "models/1/a.json", "theirs", "link"].map((name) =>
        owner(`${dir}/${name}`)
      ),
      [USER, USER, USER, USER, 1234, 0],
    );
    assertEquals([owner(mine), Deno.cwd()], [0, cwd]);
  },
});
