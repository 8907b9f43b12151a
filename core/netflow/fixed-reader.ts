import type { IpfixIssue } from '../ipfix/message-reader.ts';
import { fixedFormatOf, type FixedFormat } from './fixed-formats.ts';

/** Version, count, uptime, seconds and nanoseconds: what every version begins with. */
const COMMON_HEADER_LENGTH = 16;
/** From here on versions 5 and 7 differ from 1. */
const SEQUENCED_HEADER_LENGTH = 24;
/** The sampling mode has the upper 2 of 16 bits, the interval the others. */
const SAMPLING_INTERVAL_BITS = 14;

/** A datagram of NetFlow v1, v5 or v7. */
export interface FixedDatagram {
  readonly version: number;
  readonly format: FixedFormat;
  /** Records that are there; the header may have counted others. */
  readonly recordCount: number;
  /** Milliseconds since the device was switched on, modulo 2^32. */
  readonly uptimeMs: number;
  readonly exportTimeS: number;
  /** Nanoseconds beyond `exportTimeS`. */
  readonly exportTimeNs: number;
  /** Flows sent before this datagram, modulo 2^32; `undefined` in version 1. */
  readonly sequenceNumber: number | undefined;
  /** Engine type * 256 + engine id, 0 but in version 5. */
  readonly engine: number;
  /** 1 of so many packets was looked at, 0 when the exporter does not say; version 5 only. */
  readonly samplingInterval: number;
}

/**
 * Reads the header of a datagram; its records lie behind each other from `format.headerLength` on. Returns `undefined` when there is none of
 * these versions. A count that does not fit what is there is an issue, and so are octets left over. Never throws.
 */
export function readFixedDatagram(view: DataView, onIssue: (issue: IpfixIssue) => void): FixedDatagram | undefined {
  const length = view.byteLength;
  const version = length < COMMON_HEADER_LENGTH ? 0 : view.getUint16(0);
  const format = version === 0 ? undefined : fixedFormatOf(version, length, view.getUint16(2));
  if (format === undefined || length < format.headerLength) {
    onIssue({ code: 'message-header', offset: 0, detail: `${length} octets hold no header of NetFlow v1, v5 or v7` });
    return undefined;
  }
  const { headerLength, recordLength } = format;
  const count = view.getUint16(2);
  const recordCount = Math.min(count, Math.floor((length - headerLength) / recordLength));
  const left = length - headerLength - recordCount * recordLength;
  if (recordCount < count) {
    onIssue({ code: 'record-count', offset: 2, detail: `${count} records are announced, ${recordCount} are there` });
  } else if (left > 0) {
    onIssue({ code: 'trailing-octets', offset: length - left, detail: `${left} octets after the last record` });
  }
  const isSequenced = headerLength === SEQUENCED_HEADER_LENGTH;
  return {
    version,
    format,
    recordCount,
    uptimeMs: view.getUint32(4),
    exportTimeS: view.getUint32(8),
    exportTimeNs: view.getUint32(12),
    sequenceNumber: isSequenced ? view.getUint32(16) : undefined,
    engine: version === 5 ? view.getUint16(20) : 0,
    samplingInterval: version === 5 ? view.getUint16(22) & ((1 << SAMPLING_INTERVAL_BITS) - 1) : 0,
  };
}
