import { DIMENSIONS, MEASURES, SYNONYMS, type Dimension } from '../query/language/dimensions.ts';

const QUESTIONS: readonly (readonly [string, string])[] = [
  ['top [N] D[, D] by M', 'the N (10) largest of some dimensions by a measure'],
  ['series M every 5m [by D]', 'a measure in spans of time, of each value of a dimension'],
  ['conversations [N] by M', 'top N of address, server, port and protocol'],
  ['sum M', 'a measure of all'],
  ['count [D]', 'how many records, or different values of a dimension'],
  ['who had A:P [tcp] at T [within 5s]', 'who used a public endpoint at an instant'],
];

const CLAUSES: readonly (readonly [string, string])[] = [
  ['last 1h', 'until now: ms, s, m, h, d or w'],
  ['from T to T', 'the first that counts and the first that does not: 2026-03-02 or 2026-03-02T14:03:22Z'],
  ['on 2026-03-02', 'a day, UTC'],
  ['where C', 'conditions with and, or, not and parentheses'],
  ['D = V, D != V, D < V', 'also <=, >, >=; a value is a name, a number (20M), an address or a prefix'],
  ['D in (V, V), D in 10.0.0.0/16', 'one of several, or within a prefix; also not in'],
  ['time by flow', "a flow belongs to the instant of its first packet by the exporter's clock (so unless told otherwise)"],
  ['time by export', 'when its Message was exported, by the same clock'],
  ['time by receive', "when it was received, by the collector's clock"],
  [
    'time by corrected',
    "as flow, less what the exporter's clock was ahead, as its Messages tell; left alone where it may well be right",
  ],
  ['scaled', 'octets and packets times the sampling interval where it is known (so unless told otherwise)'],
  ['as is', 'as they were exported'],
];

/** Every word of the language with what it means. */
export function wordTable(): string {
  const dimensions = Object.entries(DIMENSIONS as Readonly<Record<string, Dimension>>).map(
    ([name, { about, names, isFilterOnly }]) => {
      const others = Object.entries(SYNONYMS).flatMap(([word, meant]) => (meant === name ? [word] : []));
      const known = names === undefined ? '' : `; ${Object.keys(names).join(', ')}`;
      return [[name, ...others].join(', '), `${about}${known}${isFilterOnly === true ? ' (only with where)' : ''}`] as const;
    },
  );
  const measures = Object.entries(MEASURES).map(([name, { about }]) => [name, about] as const);
  const section = (title: string, rows: readonly (readonly [string, string])[]): string =>
    [title, ...rows.map(([word, about]) => `  ${word.padEnd(36)} ${about}`)].join('\n');
  return [
    section('Questions (D a dimension, M a measure, T a time)', QUESTIONS),
    section('Each with', CLAUSES),
    section('Dimensions', dimensions),
    section('Measures', measures),
  ].join('\n\n');
}
