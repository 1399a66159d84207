// Opens the ledger and plans one window at the agreed moment: arguments are path, moment, value.
import { openLedger } from "../../src/ledger/ledger.ts";
import { KEY, planFor } from "./fixture.ts";

const [path = "", momentMs = "0", value = "0"] = Deno.args;
while (Date.now() < Number(momentMs));
using ledger = openLedger(path, { nowMs: Date.now });
console.log(ledger.plan(planFor(KEY, value)) ? "planned" : "already there");
