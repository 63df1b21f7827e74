import type { Directory } from "../identity/directory.ts";
import type { Entities } from "./normalise.ts";

/** The names that the router of a company must not be moved by. @param customers their names */
export function entitiesOf(customers: readonly string[], { people }: Pick<Directory, "people">): Entities {
  return {
    customer: customers,
    person: people.map(({ name }) => name),
    department: [...new Set(people.map(({ department }) => department))],
  };
}
