import { z } from 'zod';

export const spoolSchema = z.strictObject({
  sync: z
    .enum(['always', 'never'])
    .default('never')
    .describe(
      'Whether records count as kept only when the disk itself says so (fdatasync). Without it they survive the end of the program at any moment, ' +
        'and not that of the machine: the kernel writes within half a minute.',
    ),
  maxOctets: z
    .int()
    .min(1_048_576)
    .max(2 ** 50)
    .default(4_294_967_296)
    .describe('Octets of segments that wait for the database; beyond it records are dropped and counted (notStored).'),
  minFreeOctets: z
    .int()
    .min(0)
    .max(2 ** 50)
    .default(268_435_456)
    .describe('Octets of the disk that are left free: with less of them no segment is written, so that a flood cannot fill it.'),
  closeMs: z
    .int()
    .min(0)
    .max(86_400_000)
    .default(30_000)
    .describe(
      'For how long, when the collector is ended, what waits in the spool is still stored, in milliseconds. The rest stays there: the next ' +
        'start stores it, and questions see it until then.',
    ),
});

export type SpoolConfig = z.output<typeof spoolSchema>;
