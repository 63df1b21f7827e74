import { createHash } from "node:crypto";
import type { SourceDocument } from "../opinion.ts";
import type { VectorField } from "./definition.ts";

/** A document of the index. Its key is the hash of all that it holds, so what has changed is another document. */
export type IndexDocument = {
  key: string;
  agent_id: string;
  cluster_id: string;
  intent_label: string;
  confidence_threshold: number;
  utterance: string;
  [vector: `vector_${string}`]: number[];
};

/** The seventh place of a number below 1 is as fine as a 32-bit float is. */
const PRECISION = 1e7;

/** @param vector of length 1, with its field; undefined: searched by words */
export function indexDocument(
  document: SourceDocument,
  vector: { field: VectorField; numbers: Float32Array } | undefined,
): IndexDocument {
  const { text, agentId, clusterId, intentLabel, confidenceThreshold } = document;
  const content = [agentId, clusterId, intentLabel, confidenceThreshold, text, vector?.field.name ?? ""];
  return {
    key: createHash("sha256").update(JSON.stringify(content)).digest("hex"),
    agent_id: agentId,
    cluster_id: clusterId,
    intent_label: intentLabel,
    confidence_threshold: confidenceThreshold,
    utterance: text,
    ...(vector === undefined ? {} : { [vector.field.name]: plain(vector.numbers) }),
  };
}

/** As JSON numbers, which are twice as long where they are not rounded. */
export function plain(numbers: Float32Array): number[] {
  return Array.from(numbers, (number) => Math.round(number * PRECISION) / PRECISION);
}
