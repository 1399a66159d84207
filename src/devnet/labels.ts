import { type ChainError, EMISSIONS, SDK } from "./chain_error.ts";
import type { TopicSpec } from "./chain_types.ts";
import { add, canonicalText, compare, ONE, parseDecimal } from "./decimal.ts";
import type { Inference } from "./messages.ts";
import { labelledValues } from "./submissions.ts";

/** UTF-8 bytes of a canonical label at most (max_canonical_label_byte_length). */
const MAX_LABEL_BYTES = 64;
/** The one label of a SINGLE topic. */
const SINGLE_LABEL = "y";

/**
 * The inference with its labels in canonical form, after the checks that every payload passes
 * through whether it is admitted or not. Throws ChainError.
 */
export function validateLabels(topic: TopicSpec, inference: Inference): Inference {
  const invalid = (error: ChainError) => error.wrap("input inference failed label validation");
  const limit = topic.arity === "single" ? 1 : topic.maxLabels ?? 8;
  if (inference.values.length > limit) {
    throw invalid(EMISSIONS.tooManyLabels.wrap(
      `submission has ${inference.values.length} labels, per-topic cap is ${limit}`,
    ));
  }
  const seen = new Set<string>();
  const values = inference.values.map(({ label, value }, index) => {
    const canonical = canonicalLabel(
      label,
      topic,
      (reason) =>
        invalid(EMISSIONS.invalidLabel.wrap(reason).wrap(`input labeled value at index ${index}`)),
    );
    if (seen.has(canonical)) {
      throw invalid(EMISSIONS.invalidLabel.wrap(
        `duplicate label after canonicalization at index ${index}: ${JSON.stringify(canonical)}`,
      ));
    }
    seen.add(canonical);
    const listed = topic.labelWhitelist ?? [];
    if (listed.length > 0 && !listed.includes(canonical)) {
      throw invalid(EMISSIONS.labelNotListed.wrap(
        `label ${JSON.stringify(canonical)} is not in topic label whitelist`,
      ));
    }
    return { label: canonical, value };
  });
  const only = values[0]?.label;
  if (topic.arity === "single" && only !== undefined && only !== SINGLE_LABEL) {
    throw SDK.invalidRequest.wrap(
      `single-arity label must be "${SINGLE_LABEL}", got ${JSON.stringify(only)}`,
    );
  }
  return { ...inference, values };
}

function canonicalLabel(
  label: string,
  { labelCaseSensitive = false }: TopicSpec,
  fail: (reason: string) => ChainError,
): string {
  const trimmed = label.trim();
  if (trimmed === "") throw fail("label is empty after trimming");
  const control = /\p{Cc}|\p{Cf}/u.exec(trimmed)?.[0].codePointAt(0);
  if (control !== undefined) {
    const code = control.toString(16).toUpperCase().padStart(4, "0");
    throw fail(`label contains a disallowed character: U+${code}`);
  }
  const composed = trimmed.normalize("NFC");
  const canonical = labelCaseSensitive ? composed : composed.toLowerCase();
  const length = new TextEncoder().encode(canonical).length;
  if (length > MAX_LABEL_BYTES) {
    throw fail(`label exceeds ${MAX_LABEL_BYTES} bytes (got ${length})`);
  }
  return canonical;
}

/** The values of an admitted inference by label. Throws ChainError when they are no answer to the topic. */
export function admittedValues(topic: TopicSpec, inference: Inference): Map<string, string> {
  const values = labelledValues(topic, inference);
  if (topic.arity === "single") return values;
  const invalid = (reason: string) =>
    SDK.invalidRequest.wrap(reason).wrap("failed to normalize admitted inference");
  if (inference.values.length === 0) {
    throw invalid("multi-arity inference requires labeled values");
  }
  if (values.size === 0) {
    throw invalid("multi-arity inference requires at least one non-default label value");
  }
  if (topic.requireUnity ?? false) {
    const sum = inference.values.map(({ value }) => parseDecimal(value)).reduce(add);
    const tolerance = parseDecimal(topic.unityTolerance ?? "0");
    const difference = add(sum, { ...ONE, negative: true });
    if (compare({ ...difference, negative: false }, tolerance) > 0) {
      throw invalid(
        `require_unity violated: sum=${canonicalText(sum)} tol=${canonicalText(tolerance)}`,
      );
    }
  }
  return values;
}
