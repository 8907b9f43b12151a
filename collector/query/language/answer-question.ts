import { formatStored } from '../../../core/net/stored-address.ts';
import type { AskedStore } from '../../store/flow-store.ts';
import { clockCorrections } from '../clock-corrections.ts';
import { compile, MAX_ROWS } from './compile.ts';
import type { Dialect } from './dialect.ts';
import { DIMENSIONS, MEASURES, type Dimension, type DimensionName, type Unit } from './dimensions.ts';
import type { FlowQuestion } from './question.ts';
import type { Vocabulary } from './vocabulary.ts';

/** A column of an answer: names and addresses are texts, the others numbers. */
export interface AnswerColumn {
  readonly name: string;
  readonly unit: Unit | 'text' | 'identifier' | 'time';
}

/** What a question is answered with. Times are milliseconds since 1970. */
export interface TableAnswer {
  readonly columns: readonly AnswerColumn[];
  readonly rows: readonly (readonly (string | number)[])[];
  /** Sentences about how it was counted that a reader must know. */
  readonly notes: readonly string[];
  /** Whether there would have been more rows than are allowed. */
  readonly isCut: boolean;
}

type Row = Readonly<Record<string, unknown>> & { readonly sampling: number | null };

/** Asks the store. Rejects only when the store fails. */
export async function answerQuestion(
  store: AskedStore,
  question: FlowQuestion,
  vocabulary: Vocabulary,
  dialect: Dialect,
): Promise<TableAnswer> {
  const { kind, dimensions, measure, selection } = question;
  const corrections = selection.basis === 'corrected' ? await clockCorrections(store, dialect) : undefined;
  const found = await store.query<Row>(compile(question, vocabulary, dialect, corrections));
  const rows = found.slice(0, MAX_ROWS).map((row): (string | number)[] => {
    let key = 0;
    const next = (): unknown => row[`key${key++}`];
    const values = dimensions.map((name) => kind === 'count' ? '' : readKey(name, next, vocabulary, dialect)); // prettier-ignore
    const bucket = kind === 'series' ? [Number(row['bucket'])] : [];
    // A sum of no rows is NULL.
    return [...bucket, ...(kind === 'count' ? [] : values), Number(row['value'] ?? 0)];
  });
  const isSampled = found.some(({ sampling }) => Number(sampling) > 1);
  const isCounted = measure === 'bytes' || measure === 'packets' || measure === 'rate';
  const notes = [
    ...(corrections?.notes ?? []),
    ...(isSampled && isCounted ? [selection.isScaled ? SCALED : AS_IS] : []),
    ...(isSampled && !isCounted ? [SAMPLED] : []),
    ...(found.length > MAX_ROWS ? [`there are more than ${MAX_ROWS} rows; the others are left out`] : []),
  ];
  const value: AnswerColumn =
    kind === 'count'
      ? { name: `different ${dimensions.join(', ')}`, unit: 'number' }
      : { name: measure, unit: MEASURES[measure].unit };
  const keys = kind === 'count' ? [] : dimensions.map((name): AnswerColumn => ({ name, unit: unitOf(DIMENSIONS[name]) }));
  return {
    columns: [...(kind === 'series' ? [{ name: 'time', unit: 'time' } as const] : []), ...keys, value],
    rows,
    notes,
    isCut: found.length > MAX_ROWS,
  };
}

const SCALED = 'some of it was sampled: octets and packets are multiplied by the sampling interval, and so are estimates';
const AS_IS = 'some of it was sampled, and counts are as they were exported: there was more';
const SAMPLED = 'some of it was sampled: short flows are missing';

const unitOf = ({ kind, names }: Dimension): AnswerColumn['unit'] =>
  kind === 'time' ? 'time' : kind === 'number' && names === undefined ? 'identifier' : 'text';

/** The value of a dimension as it is shown; `next` gives the columns that `keysOf` says it has. */
export function readKey(name: DimensionName, next: () => unknown, vocabulary: Vocabulary, dialect: Dialect): string | number {
  const { kind, columns, names } = DIMENSIONS[name] as Dimension;
  const value = next();
  if (kind === 'address') return readAddress(value, dialect);
  if (kind === 'holder') {
    const stranger = next();
    return vocabulary.namesOf(columns[0] as string)[Number(value) - 1] ?? readAddress(stranger, dialect);
  }
  if (kind === 'name') return vocabulary.namesOf(columns[0] as string)[Number(value) - 1] ?? '-';
  if (names === undefined) return Number(value);
  return Object.entries(names).find(([, number]) => number === Number(value))?.[0] ?? String(value);
}

function readAddress(value: unknown, dialect: Dialect): string {
  const address = dialect.readAddress(value);
  return address === 0 ? '-' : formatStored(address);
}
