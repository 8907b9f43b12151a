import { z } from 'zod';
import type { IPv6Prefix } from '../core/net/ipv6-prefix.ts';
import { exportingSchema } from './exporting/config.ts';
import { meteringSchema } from './metering/config.ts';
import { natSchema } from './nat/config.ts';
import { firewallSchema } from './nat/firewall.ts';
import { nat64Schema } from './nat/nat64-config.ts';

const monitorSchema = z.strictObject({
  metering: meteringSchema.prefault({}).describe('The flow cache and its timeouts.'),
  exporting: exportingSchema.prefault({}).describe('IPFIX Messages, Templates and what they carry.'),
});

export type MonitorConfig = z.output<typeof monitorSchema>;

/** Fields without which a biflow would lose half of what it counted, in silence. */
const REVERSE_FIELD = /^(reverse|responder)/;

/** What is wrong with a meter and an exporter that are right each by itself; `undefined` when nothing is. */
export function contradictionOf({ metering, exporting }: MonitorConfig): string | undefined {
  if (!metering.biflow || exporting.fields.some((field) => REVERSE_FIELD.test(field))) return undefined;
  return 'needs reverseOctetDeltaCount and reversePacketDeltaCount among exporting.fields, or the way back is not told';
}

/** Names become parts of file names. */
const NAME = /^[a-z0-9][a-z0-9-]*$/;

const namedMonitorSchema = monitorSchema
  .extend({
    name: z
      .string()
      .regex(NAME, 'is not made of small letters, digits and hyphens')
      .describe('Names the export: --out writes export-NAME.pcap.'),
  })
  .superRefine((monitor, context) => {
    const message = contradictionOf(monitor);
    if (message !== undefined) context.addIssue({ code: 'custom', path: ['metering', 'biflow'], message });
  });

export const routerSchema = z.strictObject({
  nat: natSchema.prefault({}).describe('Network address and port translation (RFC 4787, RFC 5382).'),
  nat64: nat64Schema.prefault({}).describe('Translation from IPv6 inside to IPv4 outside.'),
  firewall: firewallSchema.prefault({}).describe('What IPv6 may come in, which is not translated.'),
  ...monitorSchema.shape,
  monitors: z
    .array(namedMonitorSchema)
    .max(64)
    .default([])
    .superRefine((monitors, context) => {
      monitors.forEach(({ name }, index) => {
        if (monitors.findIndex((other) => other.name === name) === index) return;
        context.addIssue({ code: 'custom', path: [index, 'name'], message: `"${name}" is named twice` });
      });
    })
    .describe('Further exports of the same traffic, each metered by itself; written to files, not sent to the collector.'),
});

export type RouterConfig = z.output<typeof routerSchema>;

/** The prefix by which the inside knows IPv4 addresses; `undefined` without NAT64. */
export const nat64PrefixOf = ({ nat64 }: Pick<RouterConfig, 'nat64'>): IPv6Prefix | undefined =>
  nat64.enabled ? nat64.prefix : undefined;
