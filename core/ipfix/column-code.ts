import type { NumberForm } from './column-form.ts';
import { MICROSECOND_MASK, NTP_TO_UNIX_S } from './ntp-time.ts';

/*
 * Source text that reads and writes one field of a DataView `v`. It is put together from this file's own text and from
 * integers only; nothing a peer sends becomes part of it as text.
 */

const TWO_32 = 2 ** 32;

/** An expression for the number at octet `p + offset`. */
export function readCode(form: NumberForm, length: number, offset: number): string {
  const at = (octets: number): string => `p+${offset + octets}`;
  if (form === 'float') return `v.getFloat${length * 8}(${at(0)})`;
  if (form === 'unsigned' || form === 'signed') return readInteger(form === 'signed' ? 'Int' : 'Uint', length, at);
  if (form === 'seconds') return `v.getUint32(${at(0)})*1000`;
  // Seconds below 1970 belong to the next era: 1970 to 2106 can be told, the range of dateTimeSeconds too.
  const seconds = `(v.getUint32(${at(0)})+${TWO_32 - NTP_TO_UNIX_S})%${TWO_32}`;
  const fraction = `v.getUint32(${at(4)})`;
  if (form === 'nanoseconds') return `${seconds}*1000+Math.round(${fraction}/${TWO_32 / 1e9})/1e6`;
  return `(${seconds}*1e6+Math.round(((${fraction}&${MICROSECOND_MASK})>>>0)/${TWO_32 / 1e6}))/1000`;
}

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
