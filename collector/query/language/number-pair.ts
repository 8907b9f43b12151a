const TWO_32 = 2 ** 32;

/** Two whole numbers as one, exact while the first is below 2^21; the second has 32 bits. */
export const numberPair = (first: number, second: number): number => first * TWO_32 + second;

/** The same in SQL, of two columns. */
export const numberPairSql = (first: string, second: string): string => `${first} * ${TWO_32} + ${second}`;
