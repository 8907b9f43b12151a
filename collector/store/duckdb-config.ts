import { z } from 'zod';

export const duckdbSchema = z.strictObject({
  memoryOctets: z
    .int()
    .min(67_108_864)
    .max(2 ** 50)
    .default(1_073_741_824)
    .describe(
      'Octets of memory the buffers of DuckDB may take, for its work and for what it keeps of the file; beyond it it writes to disk, or refuses a question ' +
        'that cannot be answered with so little.',
    ),
});

export type DuckDbConfig = z.output<typeof duckdbSchema>;
