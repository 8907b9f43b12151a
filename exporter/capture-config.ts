import { z } from 'zod';
import { routerSchema } from './config.ts';

/** What the exporter program is told of its router, and of the captures that are sent through it. */
export const exporterSchema = routerSchema.extend({
  capture: z
    .strictObject({
      maxConversations: z
        .int()
        .min(1)
        .max(10_000_000)
        .default(262_144)
        .describe(
          'Conversations remembered; beyond it the one that began first is forgotten, and what comes in for it is refused.',
        ),
    })
    .prefault({})
    .describe('What is kept of the packets of a capture that go through the router (--inside).'),
});

export type CapturingRouterConfig = z.output<typeof exporterSchema>;
