// How a card writes what a query holds: for the queries of the scenes.

/** An amount of money, such as "1,250.00 EUR". */
export const eur = (amount: string): string => `to_char(${amount}, 'FM999,999,990.00') || ' EUR'`;
/** A day, such as "20 Nov 2026": British English shortens September to four letters. */
export const day = (column: string): string => `replace(to_char(${column}, 'FMDD Mon YYYY'), 'Sep ', 'Sept ')`;
