import { z } from 'zod';
import type { IPv6Prefix } from '../core/net/ipv6-prefix.ts';
import { exportingSchema } from './exporting/config.ts';
import { meteringSchema } from './metering/config.ts';
import { natSchema } from './nat/config.ts';
import { firewallSchema } from './nat/firewall.ts';
import { nat64Schema } from './nat/nat64-config.ts';

export const monitorSchema = z.strictObject({
  metering: meteringSchema.prefault({}).describe('The flow cache and its timeouts.'),
  exporting: exportingSchema.prefault({}).describe('IPFIX Messages, Templates and what they carry.'),
});

export type MonitorConfig = z.output<typeof monitorSchema>;

/** Fields without which a biflow would lose half of what it counted, in silence. */
const REVERSE_FIELD = /^(reverse|responder)/;

/** How far elements 158 and 159 reach back: 32 bits of microseconds. */
const DELTA_REACH_MS = (2 ** 32 - 1) / 1_000;
/** The Export Time is a whole second, not before the Message leaves. */
const EXPORT_TIME_MS = 1_000;

interface MonitorContradiction {
  readonly path: readonly [string, string];
  /** Follows the path. */
  readonly message: string;
}

/** What is wrong with a meter and an exporter that are right each by itself; `undefined` when nothing is. */
export function contradictionOf({ metering, exporting }: MonitorConfig): MonitorContradiction | undefined {
  if (metering.biflow && !exporting.fields.some((field) => REVERSE_FIELD.test(field))) {
    const message =
      'needs reverseOctetDeltaCount and reversePacketDeltaCount among exporting.fields, or the way back is not told';
    return { path: ['metering', 'biflow'], message };
  }
  const { activeTimeoutMs, activeGridMs, sweepMs, cache } = metering;
  const oldestMs =
    cache === 'permanent' ? Infinity : activeTimeoutMs + activeGridMs + sweepMs + exporting.maxDelayMs + EXPORT_TIME_MS;
  if (exporting.timestamps !== 'delta' || oldestMs <= DELTA_REACH_MS) return undefined;
  const age = cache === 'permanent' ? 'any age' : `${Math.ceil(oldestMs / 60_000)} minutes`;
  const message = `reaches back 71 minutes as delta, but by the metering's timeouts a flow can have ${age} when it is told`;
  return { path: ['exporting', 'timestamps'], message };
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
    const contradiction = contradictionOf(monitor);
    if (contradiction === undefined) return;
    context.addIssue({ code: 'custom', path: [...contradiction.path], message: contradiction.message });
  });

export const routerSchema = z.strictObject({
  nat: natSchema.prefault({}).describe('Network address and port translation (RFC 4787, RFC 5382).'),
  nat64: nat64Schema.prefault({}).describe('Translation from IPv6 inside to IPv4 outside.'),
  firewall: firewallSchema.prefault({}).describe('What IPv6 may come in, which is not translated.'),
  wanMarking: z
    .enum(['trust', 'bleach'])
    .default('trust')
    .describe('Whether packets leave for the internet with the DSCP the inside gave them, or with 0 (RFC 4594 section 2.3).'),
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
