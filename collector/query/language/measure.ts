import { addressColumns, isThere } from './derived-columns.ts';
import type { Derived } from './derived.ts';
import type { Dialect } from './dialect.ts';
import type { FlowQuestion } from './question.ts';
import type { Vocabulary } from './vocabulary.ts';

const FACTOR = 'CASE WHEN sampling_interval > 1 THEN sampling_interval ELSE 1 END';

/** The aggregate of a question, with the columns it is made of. */
export function measureOf(
  { measure, kind, everyMs, selection }: FlowQuestion,
  vocabulary: Vocabulary,
  dialect: Dialect,
): Derived {
  const { double } = dialect;
  const counted = (column: string): string =>
    selection.isScaled ? `sum(${double(column)} * ${FACTOR})` : `sum(${double(column)})`;
  const lasts = `${double('flow_end_ms')} - ${double('flow_start_ms')}`;
  switch (measure) {
    case 'bytes':
      return { needs: ['octets'], sql: counted('octets') };
    case 'packets':
      return { needs: ['packets'], sql: counted('packets') };
    case 'flows':
      return { needs: [], sql: 'count(*)' };
    case 'duration':
      return {
        needs: ['flow_start_ms', 'flow_end_ms'],
        sql: `sum(CASE WHEN flow_start_ms > 0 AND flow_end_ms > flow_start_ms THEN ${lasts} ELSE 0 END) / 1000`,
      };
    case 'rate': {
      const { fromMs, toMs } = selection;
      const spanMs = kind === 'series' ? everyMs : fromMs === undefined || toMs === undefined ? undefined : toMs - fromMs;
      if (spanMs !== undefined) return { needs: ['octets'], sql: `${counted('octets')} * 8000 / ${spanMs}` };
      const wholeMs = `max(${double('flow_end_ms')}) - min(CASE WHEN flow_start_ms > 0 THEN ${double('flow_start_ms')} END)`;
      return {
        needs: ['octets', 'flow_start_ms', 'flow_end_ms'],
        sql: `${counted('octets')} * 8000 / (CASE WHEN ${wholeMs} > 1 THEN ${wholeMs} ELSE 1 END)`,
      };
    }
    case 'people':
      if (vocabulary.hasInventory) return { needs: ['person'], sql: 'count(DISTINCT CASE WHEN person > 0 THEN person END)' };
      return {
        needs: addressColumns('inside'),
        sql: `count(DISTINCT CASE WHEN ${isThere(dialect, 'inside')} THEN ${dialect.address('inside')} END)`,
      };
  }
}
