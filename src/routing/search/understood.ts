import { OpinionError, type Service } from "../service/failure.ts";

/**
 * Work of the SDK, which takes for granted that what answers is a search service: where it is none, something breaks inside.
 * @throws OpinionError; the reason of `signal`
 */
export async function understood<T>(service: Service, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (signal?.aborted) throw signal.reason;
    if (cause instanceof OpinionError) throw cause;
    const { address, part } = service.settings;
    throw new OpinionError(
      "nonsense",
      `${service.title} ${service.url} gives an answer that cannot be used. Check ${address} and ${part}.`,
      { cause },
    );
  }
}
