/** What the page asks, as it stands in its address; `undefined` there is the first of the choices. */
export interface ExploreQuestion {
  readonly where: string;
  readonly by: readonly string[];
  readonly measure: string;
  readonly every: string | undefined;
  readonly shape: Shape;
}

export const SHAPES = ['stacked', 'lines', 'ribbon'] as const;
export type Shape = (typeof SHAPES)[number];

const AT_FIRST_BY = ['person'];
const RIBBON_GROUPS = 48;

export function questionOf({ where, by, measure, every, shape }: Readonly<Record<string, string>>): ExploreQuestion {
  return {
    where: where ?? '',
    by: by === undefined ? AT_FIRST_BY : by.split(',').filter((name) => name !== ''),
    measure: measure ?? 'rate',
    every,
    shape: SHAPES.find((one) => one === shape) ?? SHAPES[0],
  };
}

/** The parameters of the topic `explore`. A ribbon has room for more groups than a chart has colours. */
export function parametersOf({ where, by, measure, every, shape }: ExploreQuestion): Record<string, string> {
  return {
    where,
    by: by.join(','),
    measure,
    ...(every === undefined ? {} : { every }),
    ...(shape === 'ribbon' ? { groups: String(RIBBON_GROUPS) } : {}),
  };
}

/** A word of the query language that needs no quotation marks. */
const PLAIN = /^[^\s=<>(),!"']+$/;

/** The filter with a condition more; `undefined` where no condition can say it. */
export function narrowed(where: string, dimension: string, value: string | number): string | undefined {
  const text = String(value);
  const mark = PLAIN.test(text) ? '' : text.includes('"') ? "'" : '"';
  // What has no name is shown as a dash.
  if (text === '-' || text === '' || (mark !== '' && text.includes(mark))) return undefined;
  const condition = `${dimension} = ${mark}${text}${mark}`;
  if (where.trim() === '') return condition;
  return /\bor\b/i.test(where) ? `(${where}) and ${condition}` : `${where} and ${condition}`;
}
