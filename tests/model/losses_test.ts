import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { czarLoss, zptaeLoss } from "../../src/model/losses.ts";
import golden from "./golden_losses.json" with { type: "json" };

Deno.test("czarLoss() is the area under its slope, softened, for every branch and parameter", () => {
  for (const { alpha, epsilon, tau, loss } of golden.czar) {
    const czar = czarLoss({ alpha, epsilon, tau });
    golden.truths.forEach((truth, i) =>
      golden.forecasts.forEach((forecast, j) =>
        assertAlmostEquals(
          czar(truth, forecast),
          loss[i]![j]!,
          1e-10,
          `alpha ${alpha}, epsilon ${epsilon}, tau ${tau}: ${truth}, ${forecast}`,
        )
      )
    );
  }
});

Deno.test("czarLoss() is the network's unless told, least at the truth, and blind to a common sign", () => {
  const [network, told] = [czarLoss(), czarLoss({ alpha: 0.01, epsilon: 1, tau: 0.05 })];
  for (const truth of [-1.5, -0.2, 0.2, 1.5]) {
    assertEquals(network(truth, 0.7), told(truth, 0.7));
    assertEquals(network(truth, 0.7), network(-truth, -0.7));
    for (const off of [-2, -0.1, 0.1, 2]) {
      assert(network(truth, truth + off) > network(truth, truth));
    }
  }
});

Deno.test("zptaeLoss() is the difference of power-tanh values and a fourth power of the error", () => {
  golden.truths.forEach((truth, i) =>
    golden.forecasts.forEach((forecast, j) =>
      assertAlmostEquals(zptaeLoss(truth, forecast), golden.zptae[i]![j]!, 1e-12)
    )
  );
});
