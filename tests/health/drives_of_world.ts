import { statePaths } from "../../src/host/paths.ts";
import { DOWN, type Look, lookAt, practiseQuickly } from "./bench.ts";
import { serveCoinbase } from "./coinbase.ts";
import { at, type Drive } from "./drive.ts";
import { letErrorsRise } from "./risen_errors.ts";

const DAY_MS = 86_400_000;
const NOBODY = "http://127.0.0.1:1";

const cutShort = (): Look => ({
  settings: { rpcTimeoutMs: 60_000 },
  stop: AbortSignal.timeout(50),
});

/** What nodes, venues and time do to it. */
export const DRIVES_OF_WORLD: readonly Drive[] = [
  {
    id: "endpoint",
    async drive(worker, see) {
      const look = at(worker, "endpoint");
      const [own] = worker.settings.rpc;
      see("OK", await look());
      see("WARNING", await look({ settings: { rpc: [own!, NOBODY] } }));
      see("CRITICAL", await look({ settings: DOWN }));
      worker.devnet.fault("hang");
      see("UNKNOWN", await look(cutShort()));
    },
  },
  {
    id: "latency",
    async drive(worker, see) {
      const look = at(worker, "endpoint");
      see("OK", await look());
      see("UNKNOWN", await look({ settings: DOWN }));
      await using other = await practiseQuickly();
      const [own, quick] = [worker.settings.rpc[0]!, other.settings.rpc[0]!];
      worker.devnet.fault("slow:2300ms");
      const rpcTimeoutMs = 4400;
      const [helped, alone] = await Promise.all([
        look({ settings: { rpc: [own, quick], rpcTimeoutMs } }),
        look({ settings: { rpcTimeoutMs } }),
      ]);
      see("WARNING", helped);
      see("CRITICAL", alone);
    },
  },
  {
    id: "clock",
    chainId: "allora-testnet-9",
    async drive(worker, see) {
      const look = (seconds: number, settings = {}) =>
        lookAt(worker, "clock", { nowMs: worker.devnet.nowMs() + seconds * 1000, settings });
      see("OK", await look(5));
      see("WARNING", await look(-30));
      see("CRITICAL", await look(7200));
      see("UNKNOWN", await look(5, DOWN));
    },
  },
  {
    id: "market",
    async drive(worker, see) {
      const [topic] = worker.settings.topics;
      const look = (changes = {}) =>
        lookAt(worker, "market", { settings: { topics: [{ ...topic!, ...changes }] } });
      const down = { binanceUrl: NOBODY };
      await using coinbase = serveCoinbase(worker.devnet, 1);
      const venues = [{ kind: "binance" }, { kind: "coinbase" }];
      see("OK", await look());
      see("WARNING", await look({ ...down, venues, coinbaseUrl: coinbase.url }));
      see("CRITICAL", await look(down));
      worker.devnet.fault("hang");
      see("UNKNOWN", await at(worker, "market")(cutShort()));
    },
  },
  {
    id: "agreement",
    async drive(worker, see) {
      const [topic] = worker.settings.topics;
      const venues = [{ kind: "binance" }, { kind: "coinbase" }] as const;
      const look = (coinbaseUrl: string, changes = {}) => {
        const topics = [{ ...topic!, venues, coinbaseUrl, ...changes }];
        return lookAt(worker, "market", { settings: { topics } });
      };
      for (const [status, factor] of [["OK", 1], ["WARNING", 1.009], ["CRITICAL", 1.02]] as const) {
        await using coinbase = serveCoinbase(worker.devnet, factor);
        see(status, await look(coinbase.url));
      }
      see("UNKNOWN", await look(NOBODY, { binanceUrl: NOBODY }));
    },
  },
  {
    id: "model",
    isTrained: true,
    async drive(worker, see) {
      const look = at(worker, "model");
      const later = (days: number): Look => ({
        settings: DOWN,
        nowMs: worker.devnet.nowMs() + days * DAY_MS,
      });
      see("OK", await look());
      see("WARNING", await look(later(31)));
      see("CRITICAL", await look(later(91)));
      const promoted = `${statePaths(worker.settings.stateDir).models(1n)}/promoted.json`;
      await Deno.remove(promoted);
      await Deno.mkdir(promoted);
      see("UNKNOWN", await look());
    },
  },
  {
    id: "drift",
    isTrained: true,
    async drive(worker, see) {
      const look = at(worker, "model");
      see("OK", await look());
      letErrorsRise(worker);
      see("WARNING", await look());
      see("CRITICAL", await look({ settings: DOWN, nowMs: worker.devnet.nowMs() + 20 * DAY_MS }));
      const { ledger } = statePaths(worker.settings.stateDir);
      await Deno.rename(ledger, `${ledger}.moved`);
      see("UNKNOWN", await look());
    },
  },
];
