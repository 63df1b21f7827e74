/** People are named by their upn, their name or part of it. */
export const PEOPLE = "select upn as id, name from person";
