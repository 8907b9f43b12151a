import { z } from 'zod';

export const journalSchema = z.strictObject({
  maxOctets: z
    .int()
    .min(67_108_864)
    .max(2 ** 50)
    .default(4_294_967_296)
    .describe(
      'Octets of datagrams on disk that came faster than they are decoded; beyond it the kernel keeps them, as long as it has room (kernelDrops).',
    ),
  minFreeOctets: z
    .int()
    .min(0)
    .max(2 ** 50)
    .default(268_435_456)
    .describe('Octets of the disk that are left free: with less of them datagrams wait in memory alone.'),
  memoryOctets: z
    .int()
    .min(1_048_576)
    .max(2 ** 30)
    .default(16_777_216)
    .describe('Octets of memory for datagrams between receiving and decoding.'),
});

export type JournalConfig = z.output<typeof journalSchema>;
