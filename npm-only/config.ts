// Derives .npm-only.json and .npm-only.lock from deno.json and deno.lock: the same imports and
// the same npm pins; the jsr:@std packages are linked to the stand-ins in this directory.
const DENO_STD =
  "sha512-7c0Y6tyn0Sx0NKiaAeGtDwrpG+C7VFcOStVcYXPnjAuIEonxzVV+n6s8iuFjg6keqzxo/zrPbR/J9EY9BLNsRA==";

const read = (path: string) => JSON.parse(Deno.readTextFileSync(path));
const write = (path: string, value: unknown) =>
  Deno.writeTextFileSync(path, JSON.stringify(value, null, 2) + "\n");

const links = Array.from(Deno.readDirSync("npm-only"))
  .filter((entry) => entry.isDirectory)
  .map((entry) => `./npm-only/${entry.name}`)
  .sort();
const standIns = links.map((dir) => read(`${dir}/deno.json`));

const { version, specifiers, npm, workspace } = read("deno.lock");
const config = read("deno.json");
for (const { name, version } of standIns) {
  const locked = specifiers[config.imports[name]];
  if (locked !== version) {
    throw new Error(`${name}: the stand-in is ${version}, deno.lock has ${locked}`);
  }
}
write(".npm-only.json", { ...config, links, lock: { path: "./.npm-only.lock" } });
const npmSpecifiers = Object.entries(specifiers).filter(([name]) => name.startsWith("npm:"));
write(".npm-only.lock", {
  version,
  specifiers: Object.fromEntries([...npmSpecifiers, ["npm:deno-std@1.4.0", "1.4.0"]].sort()),
  npm: { ...npm, "deno-std@1.4.0": { integrity: DENO_STD } },
  workspace: {
    ...workspace,
    links: Object.fromEntries(standIns.map(({ name, version }) => [`jsr:${name}@${version}`, {}])),
  },
});
