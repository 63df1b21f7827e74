/** A registered text that another service finds alike. */
export type Hit = {
  /** place in the list the source was given */
  document: number;
  /** 0 to 1, comparable between texts */
  similarity: number;
};

/** Another service's view of which registered texts a text is like. */
export type OpinionSource = {
  /** names it in telemetry, e.g. "embedding:text-embedding-3-small" or "azure-search" */
  name: string;
  /** another one where the same texts may be answered otherwise, e.g. by another model: what was learnt of it does not hold then */
  version: string;
  /** What the service finds alike, best first, `most` at most. Rejects when it fails or `signal` aborts. */
  ask(text: string, options: { most: number; signal?: AbortSignal }): Promise<Hit[]>;
  /** The same for many texts, for learning; slow is fine; answers kept by content. `undefined` where a text could not be asked. */
  askAll(
    texts: readonly string[],
    options: { most: number; signal?: AbortSignal },
  ): Promise<(readonly Hit[] | undefined)[]>;
};

/** A registered text as people wrote it (not normalised), and whose it is. */
export type SourceDocument = {
  text: string;
  agentId: string;
  clusterId: string;
  intentLabel: string;
  confidenceThreshold: number;
};

/** Opens a source over the registered texts. Rejects when that fails or `signal` aborts. */
export type OpenSource = (documents: readonly SourceDocument[], signal?: AbortSignal) => Promise<OpinionSource>;
