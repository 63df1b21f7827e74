/** Remembers what was used last, `most` at most. */
export function createRecent<T>(most: number): {
  get(key: string): T | undefined;
  set(key: string, value: T): void;
  clear(): void;
} {
  const kept = new Map<string, T>();
  const set = (key: string, value: T): void => {
    kept.delete(key);
    kept.set(key, value);
    const oldest = kept.keys().next();
    if (kept.size > most && oldest.done !== true) kept.delete(oldest.value);
  };
  return {
    get: (key) => {
      const value = kept.get(key);
      if (value !== undefined) set(key, value);
      return value;
    },
    set,
    clear: () => kept.clear(),
  };
}
