/** SQL that writes a day as cards do: "9 Sept 2026". British English gives only September four letters. */
export const day = (value: string): string => `replace(to_char(${value}, 'FMDD Mon YYYY'), 'Sep', 'Sept')`;
