// Brings a ledger to the newest version by steps that are the real ones and then never end.
import { openDatabase } from "../../src/host/database.ts";
import { LEDGER_FILE } from "../../src/ledger/file.ts";

const [first = "", second = ""] = LEDGER_FILE.migrations;
const endless = `CREATE TABLE filling (bytes BLOB) STRICT;
  WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)
  INSERT INTO filling SELECT zeroblob(4000) FROM n;`;
using _ledger = openDatabase(Deno.args[0]!, {
  ...LEDGER_FILE,
  migrations: [first, second + endless],
});
