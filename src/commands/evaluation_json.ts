import type { Evaluation } from "../model/evaluate.ts";
import type { LearnerScore } from "../model/scores.ts";
import type { TopicSettings } from "../settings.ts";
import type { Judged } from "./evaluation_rows.ts";

const estimateJson = (estimate: Judged | null) =>
  estimate && {
    value: estimate.value,
    low_95: estimate.low,
    high_95: estimate.high,
    ..."pValue" in estimate && { p_value: estimate.pValue },
  };

function scoreJson(score: LearnerScore) {
  const { returns } = score;
  return {
    learner: score.learner,
    mse_ratio: estimateJson(score.mseRatio),
    mse: estimateJson(score.mse),
    rmse: estimateJson(score.rmse),
    mae: estimateJson(score.mae),
    r2: estimateJson(score.r2),
    directional_accuracy: estimateJson(score.directionalAccuracy),
    correlation: estimateJson(score.correlation),
    sd_ratio: score.sdRatio,
    coverage80: estimateJson(score.coverage80),
    coverage90: estimateJson(score.coverage90),
    wrmse_improvement: returns && estimateJson(returns.wrmseImprovement),
    czar_improvement: returns && estimateJson(returns.czarImprovement),
    czar_loss: returns && estimateJson(returns.czarLoss),
    czar_loss_ratio: returns && estimateJson(returns.czarLossRatio),
    zptae_loss: returns && estimateJson(returns.zptaeLoss),
    zptae_loss_ratio: returns && estimateJson(returns.zptaeLossRatio),
    p_value: score.mseRatio.pValue,
    kit: score.kit && {
      directional_accuracy: score.kit.directionalAccuracy,
      da_ci_lower: score.kit.accuracyLow,
      da_pvalue: score.kit.accuracyP,
      pearson_r: score.kit.pearsonR,
      pearson_pvalue: score.kit.pearsonP,
      wrmse_improvement: score.kit.wrmseImprovement,
      czar_improvement: score.kit.czarImprovement,
      log_aspect_ratio: score.kit.logAspectRatio,
      passed: score.kit.passed,
      grade: score.kit.grade,
    },
  };
}

/** The evaluation for a machine. */
export function evaluationJson(topic: TopicSettings, evaluation: Evaluation) {
  const { needed } = evaluation;
  return {
    topic_id: topic.topicId === 0n ? null : String(topic.topicId),
    pair: topic.pair,
    target: topic.target,
    horizon_seconds: topic.horizonMs / 1000,
    unit: evaluation.unit,
    reference: evaluation.reference,
    from: new Date(evaluation.fromMs).toISOString(),
    to: new Date(evaluation.toMs).toISOString(),
    candles: evaluation.candles,
    forecasts: evaluation.forecasts,
    independent_windows: evaluation.independentWindows,
    verdict: evaluation.verdict,
    skill: evaluation.skill,
    windows_needed: needed && { for: needed.of, windows: needed.windows, years: needed.years },
    shrink_factor: evaluation.factor,
    weights: evaluation.weights,
    unpurged_mse_ratio: evaluation.unpurgedRatio,
    coverage80: evaluation.chosen.coverage80.value,
    coverage90: evaluation.chosen.coverage90.value,
    chosen: scoreJson(evaluation.chosen),
    learners: evaluation.learners.map(scoreJson),
    brier_skill: estimateJson(evaluation.brierSkill),
    years: evaluation.years.map((each) => ({
      year: each.year,
      forecasts: each.forecasts,
      mse_ratio: each.mseRatio,
      directional_accuracy: each.directionalAccuracy,
      correlation: each.correlation,
      coverage80: each.coverage80,
      coverage90: each.coverage90,
    })),
    deciles: evaluation.deciles.map(({ forecast, truth, low, high }) => ({
      forecast,
      truth: { value: truth, low_95: low, high_95: high },
    })),
    gain: evaluation.curve.map(({ atMs, gain }) => ({ at: new Date(atMs).toISOString(), gain })),
  };
}
