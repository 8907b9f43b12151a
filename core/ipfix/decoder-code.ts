import { readCode, readUptime, timeSinceInit } from './column-code.ts';
import type { ColumnForm } from './column-form.ts';
import { eraStartS, type TimeBase } from './flow-time.ts';
import { NTP_TO_UNIX_S } from './ntp-time.ts';
import { minimumRecordLength, VARIABLE_LENGTH, type FieldSpecifier } from './template.ts';

const SYSTEM_INIT_TIME_MILLISECONDS = 160;

/** A field that fills a column, by its place in the Template. */
export interface BoundField {
  readonly index: number;
  readonly column: string;
  readonly form: ColumnForm;
}

/** What is done with one field. */
interface Step {
  readonly index: number;
  /** Statements for when it lies at octet `p + offset`. */
  code(offset: number): string;
}

/** Numbers of a Message that its times need, in an array: a float passed to code that is not inlined would be an object. */
export const newMessageTimes = (): Float64Array => new Float64Array(4);

/** Fills `times` from what the Message says; without it elements 21, 22, 158 and 159 read as 0, all others as of 1970 to 2106. */
export function setMessageTimes(times: Float64Array, base: TimeBase | undefined): void {
  const exportTimeUs = base?.exportTimeUs ?? NaN;
  times[0] = base === undefined ? 0 : eraStartS(exportTimeUs);
  times[1] = exportTimeUs;
  times[2] = base?.uptimeMs ?? 0;
  times[3] = base?.uptimeMs === undefined ? NaN : exportTimeUs;
}

/**
 * Statements that name them, from an array `t`: `w` is where the era of 2^32 seconds begins, `m` and `q` the same as counted by
 * dateTimeSeconds and by NTP; `x` is the Export Time, `y` too if the uptime `u` is known, else NaN. `f` is the Export Time in milliseconds.
 */
const TIMES_CODE = `const w=t[0],m=w|0,q=w+${NTP_TO_UNIX_S}|0,x=t[1],u=t[2],y=t[3],f=Math.floor(x/1000);let z=0,i=0;`;

/**
 * Source text of a loop over records: straight code for runs of fixed-length fields and one loop for each run with fields of
 * variable length between two bound ones, so its size is bounded by the number of columns, not by what the Template holds.
 */
export function decoderCode(fields: readonly FieldSpecifier[], bound: readonly BoundField[], minimumLength: number): string {
  const { steps, atEnd } = stepsOf(fields, bound);
  let code = `let r=b.length,p=o;const n=b.capacity;${bound.map((_, column) => `const c${column}=c[${column}];`).join('')}${TIMES_CODE}`;
  code += `rows:while(r<n&&o+${minimumLength}<=e){p=o;`;
  // `p` is the octet the last run with variable length ended at; `fixed` is how many octets lie between it and the next field.
  let fixed = 0;
  let next = 0;
  let rest = minimumLength;
  const skipTo = (index: number): void => {
    const run = fields.slice(next, index);
    const octets = minimumRecordLength(run);
    rest -= octets;
    if (run.some((field) => field.length === VARIABLE_LENGTH)) {
      code += `p+=${fixed};${skipCode(next, index)}if(p+${rest}>e)break rows;`;
      fixed = 0;
    } else {
      fixed += octets;
    }
    next = index;
  };
  for (const step of steps) {
    skipTo(step.index);
    const { length } = fields[step.index] as FieldSpecifier;
    code += step.code(fixed);
    fixed += length;
    rest -= length;
    next = step.index + 1;
  }
  skipTo(fields.length);
  return `${code}${atEnd}o=p+${fixed};r++;}b.length=r;return o;`;
}

/**
 * Bound fields fill their columns. When the record says itself since when its uptimes count (RFC 5102 section 5.9.6), wherever that
 * stands in it, they become times at its end.
 */
function stepsOf(
  fields: readonly FieldSpecifier[],
  bound: readonly BoundField[],
): { readonly steps: Step[]; readonly atEnd: string } {
  const init = bound.some(({ form }) => form === 'uptime') ? fields.findIndex(isInitTime) : -1;
  let atEnd = '';
  const steps = bound.map(({ index, form }, column): Step => {
    const { length } = fields[index] as FieldSpecifier;
    if (form === 'four-words') return { index, code: (offset) => fourWordsCode(column, offset) };
    if (form !== 'uptime' || init < 0) return { index, code: (offset) => `c${column}[r]=${readCode(form, length, offset)};` };
    atEnd += `c${column}[r]=${timeSinceInit(`c${column}[r]`)};`;
    return { index, code: (offset) => `c${column}[r]=${readUptime(length, offset)};` };
  });
  if (init >= 0) steps.push({ index: init, code: (offset) => `i=${readCode('unsigned', 8, offset)};` });
  return { steps: steps.sort((one, other) => one.index - other.index), atEnd };
}

const isInitTime = ({ enterpriseNumber, elementId, length }: FieldSpecifier): boolean =>
  enterpriseNumber === 0 && elementId === SYSTEM_INIT_TIME_MILLISECONDS && length === 8;

const fourWordsCode = (column: number, offset: number): string =>
  [0, 1, 2, 3].map((word) => `c${column}[4*r+${word}]=v.getUint32(p+${offset + 4 * word});`).join('');

/** Moves `p` over the fields from `from` to `to`, by their lengths in `l` (RFC 7011 section 7). */
const skipCode = (from: number, to: number): string =>
  `for(let i=${from};i<${to};i++){let k=l[i];if(k===${VARIABLE_LENGTH}){` +
  'if(p>=e)break rows;k=v.getUint8(p++);if(k===255){if(p+2>e)break rows;k=v.getUint16(p);p+=2;}}p+=k;}';
