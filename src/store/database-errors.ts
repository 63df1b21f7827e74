import pg from "pg";

/**
 * 08: connection; 57P0x: the server is stopping, was killed or is starting; 53: it has no connection, disk or memory left; 58030: its
 * disk fails; 25P03: the transaction was ended because this process stood still in it.
 */
const AWAY = /^(08...|57P0[123]|53...|58030|25P03)$/;
const NETWORK = new Set(["ECONNREFUSED", "ECONNRESET", "EPIPE", "ETIMEDOUT", "EHOSTUNREACH", "ENOTFOUND", "EAI_AGAIN"]);
/** What the driver says without a code. */
const DRIVER =
  /^(Connection terminated|timeout exceeded when trying to connect|Query read timeout|Client has encountered a connection error)/;

/**
 * Did a query fail because the database cannot be reached now? Whether the query took effect is then unknown.
 * Errors that wrap others (of other systems) are never it.
 */
export function isDatabaseAway(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.length > 0 && error.errors.every(isDatabaseAway);
  if (!(error instanceof Error)) return false;
  const code = "code" in error ? String(error.code) : "";
  if (error instanceof pg.DatabaseError) return AWAY.test(code);
  return NETWORK.has(code) || DRIVER.test(error.message);
}

/** Did a transaction lose against another one (serialization failure, deadlock, lock not available)? It did nothing. */
export function isContention(error: unknown): boolean {
  return error instanceof pg.DatabaseError && ["40001", "40P01", "55P03"].includes(error.code ?? "");
}
