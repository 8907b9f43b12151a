import { z } from 'zod';
import { exportingSchema } from './exporting/config.ts';
import { meteringSchema } from './metering/config.ts';
import { natSchema } from './nat/config.ts';

export const routerSchema = z.strictObject({
  nat: natSchema.prefault({}).describe('Network address and port translation (RFC 4787, RFC 5382).'),
  metering: meteringSchema.prefault({}).describe('The flow cache and its timeouts.'),
  exporting: exportingSchema.prefault({}).describe('IPFIX Messages, Templates and what they carry.'),
});

export type RouterConfig = z.output<typeof routerSchema>;
