import { uint32, zeros, type Octets } from '../../support/captures.ts';

/** Octets of a value with its length before them, filled up to a multiple of four. */
export const opaque = (octets: Octets): Octets => [...uint32(octets.length), ...octets, ...zeros(-octets.length & 3)];

/** A sample or a record: its format, its length and itself. */
export const tagged = (format: number, body: Octets): Octets => [...uint32(format), ...uint32(body.length), ...body];

export const words = (...values: number[]): Octets => values.flatMap(uint32);

/** A datagram of agent 192.0.2.7, sub-agent 3. */
export const datagram = (...samples: Octets[]): Uint8Array =>
  Uint8Array.from([...words(5, 1, 0xc0000207, 3, 41, 60_000, samples.length), ...samples.flat()]);

/** A flow sample of 1 in 256, in through interface 4, out through several. */
export const flowSample = (...records: Octets[]): Octets =>
  tagged(1, [...words(9, 0x02000005, 256, 2_560, 1, 4, 0x80000002, records.length), ...records.flat()]);

export const counterSample = (...records: Octets[]): Octets => tagged(2, [...words(10, 5, records.length), ...records.flat()]);
