import { createHash } from "node:crypto";
import type { SearchField, SearchIndex } from "@azure/search-documents";

/** Vectors of one model have a field of their own: another model adds another field, since a field cannot change. */
export type VectorField = { name: string; width: number };

export const SEMANTIC = "signalbox-meaning";
const PROFILE = "signalbox-vectors";
const ALGORITHM = "signalbox-hnsw";

/** @param space see Embedder */
export function vectorField(space: string, width: number): VectorField {
  return { name: `vector_${createHash("sha256").update(`${space} ${width}`).digest("hex").slice(0, 12)}`, width };
}

/** What an utterance of the registry is in the index (R2.2). `key` also orders the documents, so that all can be listed. */
const fields: SearchField[] = [
  { name: "key", type: "Edm.String", key: true, filterable: true, sortable: true },
  { name: "agent_id", type: "Edm.String", filterable: true, facetable: true },
  { name: "cluster_id", type: "Edm.String", filterable: true, facetable: true },
  { name: "intent_label", type: "Edm.String", searchable: true, filterable: true },
  { name: "confidence_threshold", type: "Edm.Double", filterable: true },
  { name: "utterance", type: "Edm.String", searchable: true },
];

/**
 * The index as it should be, which is added to what is there: fields of other models and other releases stay.
 * @returns undefined where nothing is missing
 */
export function missingIn(
  existing: SearchIndex | undefined,
  name: string,
  vector: VectorField | undefined,
): SearchIndex | undefined {
  const wanted = [...fields, ...(vector === undefined ? [] : [fieldOf(vector)])];
  const missing = wanted.filter((field) => !existing?.fields.some((one) => one.name === field.name));
  const configurations = existing?.semanticSearch?.configurations ?? [];
  const profiles = existing?.vectorSearch?.profiles ?? [];
  const algorithms = existing?.vectorSearch?.algorithms ?? [];
  const hasMeaning = configurations.some((one) => one.name === SEMANTIC);
  const hasProfile = vector === undefined || profiles.some((one) => one.name === PROFILE);
  if (existing !== undefined && missing.length === 0 && hasMeaning && hasProfile) return undefined;
  const meaning = {
    name: SEMANTIC,
    prioritizedFields: { contentFields: [{ name: "utterance" }], keywordsFields: [{ name: "intent_label" }] },
  };
  const semanticSearch = {
    ...existing?.semanticSearch,
    configurations: hasMeaning ? configurations : [...configurations, meaning],
  };
  const vectorSearch = hasProfile
    ? existing?.vectorSearch
    : {
        ...existing?.vectorSearch,
        profiles: [...profiles, { name: PROFILE, algorithmConfigurationName: ALGORITHM }],
        algorithms: [
          ...algorithms.filter((one) => one.name !== ALGORITHM),
          { name: ALGORITHM, kind: "hnsw" as const, parameters: { metric: "cosine" as const } },
        ],
      };
  return {
    ...existing,
    name,
    fields: [...(existing?.fields ?? []), ...missing],
    semanticSearch,
    ...(vectorSearch === undefined ? {} : { vectorSearch }),
  };
}

/** Was the index made by Signalbox? In another one nothing is changed or deleted. */
export function isOurs(existing: SearchIndex): boolean {
  return fields.every(({ name, type }) => existing.fields.some((one) => one.name === name && one.type === type));
}

function fieldOf({ name, width }: VectorField): SearchField {
  // Searched, but never read: it need not be stored beside the index.
  return {
    ...{ name, type: "Collection(Edm.Single)", searchable: true, hidden: true, stored: false },
    ...{ vectorSearchDimensions: width, vectorSearchProfileName: PROFILE },
  };
}
