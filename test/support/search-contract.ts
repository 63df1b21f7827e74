import { isDeepStrictEqual } from "node:util";
import { z } from "zod";

/** The part of the REST contract of Azure AI Search (2026-04-01) that we use. Whatever else is sent is refused. */

const simple = {
  name: z.string().regex(/^[A-Za-z][A-Za-z0-9_]{0,127}$/),
  searchable: z.boolean(),
  filterable: z.boolean(),
  sortable: z.boolean(),
  facetable: z.boolean(),
  retrievable: z.boolean().optional(),
  key: z.boolean().optional(),
};
const Field = z.discriminatedUnion("type", [
  z.strictObject({ ...simple, type: z.enum(["Edm.String", "Edm.Double", "Edm.Int32", "Edm.Boolean"]) }),
  z.strictObject({
    ...simple,
    type: z.literal("Collection(Edm.Single)"),
    searchable: z.literal(true),
    filterable: z.literal(false),
    sortable: z.literal(false),
    facetable: z.literal(false),
    stored: z.boolean().optional(),
    dimensions: z.number().int().min(2).max(4_096),
    vectorSearchProfile: z.string(),
  }),
]);
const named = z.strictObject({ fieldName: z.string() });

export const Index = z.strictObject({
  "@odata.etag": z.string().optional(),
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,126}[a-z0-9]$/),
  fields: z.array(Field).refine((all) => all.filter(({ key }) => key).length === 1, "exactly one key"),
  semantic: z
    .strictObject({
      defaultConfiguration: z.string().optional(),
      configurations: z.array(
        z.strictObject({
          name: z.string(),
          prioritizedFields: z.strictObject({
            titleField: named.optional(),
            prioritizedContentFields: z.array(named).optional(),
            prioritizedKeywordsFields: z.array(named).optional(),
          }),
        }),
      ),
    })
    .optional(),
  vectorSearch: z
    .strictObject({
      profiles: z.array(z.strictObject({ name: z.string(), algorithm: z.string() })),
      algorithms: z.array(
        z.strictObject({
          name: z.string(),
          kind: z.literal("hnsw"),
          hnswParameters: z.strictObject({ metric: z.enum(["cosine", "dotProduct", "euclidean"]) }).optional(),
        }),
      ),
    })
    .optional(),
});
export type Index = z.infer<typeof Index>;

export const Batch = z.strictObject({
  value: z
    .array(z.looseObject({ "@search.action": z.enum(["upload", "merge", "mergeOrUpload", "delete"]) }))
    .min(1)
    .max(1_000),
});

export const Query = z
  .strictObject({
    search: z.string().min(1),
    queryType: z.enum(["simple", "full", "semantic"]).optional(),
    semanticConfiguration: z.string().optional(),
    semanticErrorHandling: z.enum(["partial", "fail"]).optional(),
    searchFields: z.string().optional(),
    select: z.string(),
    filter: z.string().optional(),
    orderby: z.string().optional(),
    top: z.number().int().min(0).max(1_000).optional(),
    vectorQueries: z
      .array(
        z.strictObject({
          kind: z.literal("vector"),
          vector: z.array(z.number()),
          fields: z.string(),
          k: z.number().int().min(1).max(10_000),
        }),
      )
      .optional(),
  })
  .refine(
    (query) => query.queryType !== "semantic" || query.semanticConfiguration !== undefined,
    "semanticConfiguration",
  )
  .refine(
    (query) => query.queryType === "semantic" || query.semanticErrorHandling === undefined,
    "semanticErrorHandling",
  )
  .refine((query) => query.queryType !== "semantic" || (query.search !== "*" && !query.orderby), "nothing to rank");
export type Query = z.infer<typeof Query>;

/** What is wrong with a definition, alone and as a change of what is there; undefined: nothing. */
export function faultOfIndex(index: Index, former: Index | undefined): string | undefined {
  const byName = new Map(index.fields.map((field) => [field.name, field]));
  for (const field of former?.fields ?? [])
    if (!isDeepStrictEqual(byName.get(field.name), field))
      return `Existing field '${field.name}' cannot be changed or deleted.`;
  for (const field of index.fields)
    if (
      field.type === "Collection(Edm.Single)" &&
      !index.vectorSearch?.profiles.some(({ name }) => name === field.vectorSearchProfile)
    )
      return `Field '${field.name}' names a vector search profile that is not there.`;
  for (const { algorithm } of index.vectorSearch?.profiles ?? [])
    if (!index.vectorSearch?.algorithms.some(({ name }) => name === algorithm)) return `No algorithm '${algorithm}'.`;
  for (const { prioritizedFields: by } of index.semantic?.configurations ?? [])
    for (const { fieldName } of [...(by.prioritizedContentFields ?? []), ...(by.prioritizedKeywordsFields ?? [])])
      if (byName.get(fieldName)?.searchable !== true) return `Field '${fieldName}' must be searchable.`;
  return undefined;
}

/** What is wrong with a document, undefined: nothing. */
export function faultOfDocument(index: Index, document: Record<string, unknown>): string | undefined {
  const key = index.fields.find((field) => field.key)?.name ?? "";
  const given = document[key];
  if (typeof given !== "string" || !/^[A-Za-z0-9_\-=]{1,1024}$/.test(given)) return `Invalid document key '${given}'.`;
  for (const [name, value] of Object.entries(document)) {
    const field = index.fields.find((one) => one.name === name);
    if (field === undefined) return `The property '${name}' does not exist on type 'search.documentFields'.`;
    if (field.type === "Edm.String" && typeof value !== "string") return `'${name}' must be a string.`;
    if (field.type === "Edm.Double" && typeof value !== "number") return `'${name}' must be a number.`;
    if (field.type === "Collection(Edm.Single)" && (!Array.isArray(value) || value.length !== field.dimensions))
      return `The vector field '${name}' must have ${field.dimensions} numbers.`;
  }
  return undefined;
}
