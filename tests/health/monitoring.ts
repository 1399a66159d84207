const docs = new URL("../../docs/monitoring/", import.meta.url);

export const dashboard = new URL("allora-pipeline.dashboard.json", docs);
export const rules = new URL("allora-pipeline.rules.yml", docs);
export const rulesTest = new URL("allora-pipeline.rules.test.yml", docs);

export interface DashboardPanel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly gridPos: {
    readonly x: number;
    readonly y: number;
    readonly w: number;
    readonly h: number;
  };
  readonly options: unknown;
  readonly fieldConfig: { readonly defaults: { readonly custom?: unknown } };
  readonly targets?: readonly { readonly expr: string }[];
}

/** The dashboard's panels, rows included. */
export async function panelsOf(): Promise<readonly DashboardPanel[]> {
  return JSON.parse(await Deno.readTextFile(dashboard)).panels;
}

/** The text of the dashboard and of the rules. */
export async function monitoring(): Promise<string> {
  return await Deno.readTextFile(dashboard) + await Deno.readTextFile(rules);
}

/** The rules' names and expressions. */
export async function rulesOf(): Promise<
  readonly { readonly alert: string; readonly expr: string }[]
> {
  const text = await Deno.readTextFile(rules);
  return text.split("- alert: ").slice(1).map((rule) => {
    const [, expr = ""] = /\bexpr: (?:>-\s*)?([^]*?)\n {8}(?:for|labels):/.exec(rule) ?? [];
    return { alert: rule.split("\n", 1)[0]!, expr: expr.replace(/\s+/g, " ") };
  });
}

/** Whether a program of this name is on PATH; the tests that need it skip otherwise. */
export function isInstalled(name: string): boolean {
  return (Deno.env.get("PATH") ?? "").split(":").some((directory) => {
    try {
      return Deno.statSync(`${directory}/${name}`).isFile;
    } catch {
      // It is not there.
      return false;
    }
  });
}
