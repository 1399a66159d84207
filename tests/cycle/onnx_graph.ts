/** The bytes of a tiny ONNX model, field by field (onnx.proto3); one input, float32 [1, weights]. */
export interface Graph {
  /** Of the one dense layer: a row for each feature, a column for each output. */
  readonly weights: readonly (readonly number[])[];
  /** Softmax after it makes probabilities of the outputs. */
  readonly isClassifier?: boolean;
}

export function onnxGraph({ weights, isClassifier = false }: Graph): Uint8Array<ArrayBuffer> {
  const [rows, columns] = [weights.length, weights[0]!.length];
  const dense = node("MatMul", ["x", "w"], isClassifier ? "z" : "y");
  const softmax = isClassifier ? bytes(1, node("Softmax", ["z"], "y")) : [];
  const graph = [
    ...bytes(1, dense),
    ...softmax,
    ...text(2, "tiny"),
    ...bytes(5, tensor("w", [rows, columns], weights.flat())),
    ...bytes(11, floats("x", [1, rows])),
    ...bytes(12, floats("y", [1, columns])),
  ];
  // IR version 8, operator set 13.
  return Uint8Array.from([...number(1, 8), ...bytes(7, graph), ...bytes(8, number(2, 13))]);
}

const FLOAT = 1;

function node(operator: string, inputs: readonly string[], output: string): number[] {
  return [...inputs.flatMap((name) => text(1, name)), ...text(2, output), ...text(4, operator)];
}

function tensor(name: string, shape: readonly number[], values: readonly number[]): number[] {
  const raw = new Uint8Array(Float32Array.from(values).buffer);
  return [
    ...shape.flatMap((size) => number(1, size)),
    ...number(2, FLOAT),
    ...text(8, name),
    ...bytes(9, [...raw]),
  ];
}

function floats(name: string, shape: readonly number[]): number[] {
  const dimensions = shape.flatMap((size) => bytes(1, number(1, size)));
  const type = bytes(1, [...number(1, FLOAT), ...bytes(2, dimensions)]);
  return [...text(1, name), ...bytes(2, type)];
}

const number = (field: number, value: number) => [...varint(field * 8), ...varint(value)];
const bytes = (field: number, content: readonly number[]) => [
  ...varint(field * 8 + 2),
  ...varint(content.length),
  ...content,
];
const text = (field: number, value: string) => bytes(field, [...new TextEncoder().encode(value)]);

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))];
}
