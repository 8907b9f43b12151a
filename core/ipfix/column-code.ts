import type { NumberForm, ReadForm } from './column-form.ts';
import { MAX_TIME_MS } from './flow-time.ts';
import { MICROSECOND_MASK, NTP_TO_UNIX_S } from './ntp-time.ts';

/*
 * Source text that reads and writes one field of a DataView `v`. It is put together from this file's own text and from
 * integers only; nothing a peer sends becomes part of it as text.
 */

const TWO_32 = 2 ** 32;

/** An expression for the number at octet `p + offset`. What a Message says of time stands in variables, see `TIMES_CODE`. */
export function readCode(form: ReadForm, length: number, offset: number): string {
  const at = (octets: number): string => `p+${offset + octets}`;
  switch (form) {
    case 'float':
      return `v.getFloat${length * 8}(${at(0)})`;
    case 'unsigned':
    case 'signed':
      return readInteger(form === 'signed' ? 'Int' : 'Uint', length, at);
    case 'milliseconds':
      return `(z=${readInteger('Uint', length, at)})<=${MAX_TIME_MS}?z:0`;
    case 'seconds':
      return `(w+(v.getUint32(${at(0)})-m>>>0))*1000`;
    case 'microseconds':
      return `((${ntpSeconds(at)})*1e6+Math.round(((v.getUint32(${at(4)})&${MICROSECOND_MASK})>>>0)/${TWO_32 / 1e6}))/1000`;
    case 'nanoseconds':
      return `(${ntpSeconds(at)})*1000+Math.round(v.getUint32(${at(4)})/${TWO_32 / 1e9})/1e6`;
    case 'delta':
      return `(x-(${readInteger('Uint', length, at)}))/1000||0`;
    case 'uptime':
      return timeOfUptime(readUptime(length, offset));
  }
}

/** An expression for an uptime as it is sent. Some send 64 bits: only the low 32 count. */
export const readUptime = (length: number, offset: number): string =>
  readCode('unsigned', Math.min(4, length), offset + Math.max(0, length - 4));

/** An expression for the time of an uptime in milliseconds since 1970; NaN becomes 0. */
export const timeOfUptime = (value: string): string => `(y-(u-(${value})|0)*1000)/1000||0`;

/** The same for a device that says in `i` when it was switched on. */
export const timeSinceInit = (value: string): string =>
  `i<=${Number.MAX_SAFE_INTEGER}?(x-(f-i-(${value})|0)*1000)/1000||0:${timeOfUptime(value)}`;

const ntpSeconds = (at: (octets: number) => string): string => `w+(v.getUint32(${at(0)})-q>>>0)`;

/** Only the highest part of an integer carries the sign. */
function readInteger(sign: 'Int' | 'Uint', length: number, at: (octets: number) => string): string {
  switch (length) {
    case 1:
    case 2:
    case 4:
      return `v.get${sign}${length * 8}(${at(0)})`;
    case 3:
      return `v.get${sign}16(${at(0)})*256+v.getUint8(${at(2)})`;
    case 7:
      return `(v.get${sign}8(${at(0)})*65536+v.getUint16(${at(1)}))*${TWO_32}+v.getUint32(${at(3)})`;
    default:
      return `v.get${sign}${(length - 4) * 8}(${at(0)})*${TWO_32}+v.getUint32(${at(length - 4)})`;
  }
}

/** Statements that write the number `x` at octet `p + offset`; too large numbers lose their highest bits. */
export function writeCode(form: NumberForm, length: number, offset: number): string {
  const at = (octets: number): string => `p+${offset + octets}`;
  if (form === 'float') return `v.setFloat${length * 8}(${at(0)},x);`;
  if (form === 'unsigned' || form === 'signed') return writeInteger(length, at);
  if (form === 'seconds') return `v.setUint32(${at(0)},Math.floor(x/1000));`;
  if (form === 'nanoseconds') {
    return (
      `s=Math.floor(x/1000);v.setUint32(${at(0)},s+${NTP_TO_UNIX_S});` +
      `v.setUint32(${at(4)},Math.min(${TWO_32 - 1},Math.round((x-s*1000)*${TWO_32 / 1e3})));`
    );
  }
  return (
    `x=Math.round(x*1000);s=Math.floor(x/1e6);v.setUint32(${at(0)},s+${NTP_TO_UNIX_S});` +
    `v.setUint32(${at(4)},Math.round((x-s*1e6)*${TWO_32 / 1e6})&${MICROSECOND_MASK});`
  );
}

/** DataView takes numbers modulo their width, so two's complement comes by itself. */
function writeInteger(length: number, at: (octets: number) => string): string {
  switch (length) {
    case 1:
    case 2:
    case 4:
      return `v.setUint${length * 8}(${at(0)},x);`;
    case 3:
      return `v.setUint16(${at(0)},x>>>8);v.setUint8(${at(2)},x);`;
    case 7:
      return `s=Math.floor(x/${TWO_32});v.setUint8(${at(0)},s>>>16);v.setUint16(${at(1)},s);` + `v.setUint32(${at(3)},x);`;
    default:
      return `v.setUint${(length - 4) * 8}(${at(0)},Math.floor(x/${TWO_32}));v.setUint32(${at(length - 4)},x);`;
  }
}
