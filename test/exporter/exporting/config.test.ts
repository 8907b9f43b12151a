import { describe, expect, test } from 'vitest';
import { VirtualClock } from '../../../core/time/virtual-clock.ts';
import { trueNs } from '../../../core/time/instant.ts';
import { exportingSchema } from '../../../exporter/exporting/config.ts';
import { ExportingProcess } from '../../../exporter/exporting/exporting-process.ts';
import { PROFILES, type ProfileName } from '../../../exporter/exporting/profiles.ts';

const mistakes = (settings: object): string[] =>
  exportingSchema.safeParse(settings).error?.issues.map(({ path, message }) => `${path.join('.')} ${message}`) ?? [];

test('without a word the export is IPFIX with milliseconds, and nothing beside the application table', () => {
  const config = exportingSchema.parse({});
  expect(config).toMatchObject({ protocol: 'ipfix', timestamps: 'milliseconds', maxMessageLength: 1_420, templateRefreshS: 600 });
  expect(config.fields).toHaveLength(19);
  expect(Object.values(config.options).some(Boolean)).toBe(false);
});

describe('a profile', () => {
  const names = Object.keys(PROFILES) as ProfileName[];

  test.each(names)('%s can be exported in its own protocol', (profile) => {
    const config = exportingSchema.parse({ profile });
    expect(() => new ExportingProcess(config, [], new VirtualClock(), { unixMs: 0 }, trueNs(0))).not.toThrow();
  });

  test('gives way to what is written down', () => {
    const written = { profile: 'fortigate', templateRefreshS: 30, options: { timeouts: true } };
    expect(exportingSchema.parse(written)).toMatchObject({
      protocol: 'netflow-v9',
      templateRefreshS: 30,
      templateRefreshMessages: 20,
      templateIds: { flows: 262 },
      options: { timeouts: true, sampler: false },
    });
    expect(exportingSchema.parse({ profile: 'softflowd', protocol: 'netflow-v9' })).toMatchObject({
      protocol: 'netflow-v9',
      timestamps: 'sys-uptime',
      fields: PROFILES.softflowd.fields,
    });
  });
});

test('uptimes in IPFIX bring the instant the router was switched on, unless refused', () => {
  const initTime = (settings: object): boolean => exportingSchema.parse(settings).options.systemInitTime;
  expect(initTime({ timestamps: 'sys-uptime' })).toBe(true);
  expect(initTime({ timestamps: 'sys-uptime', options: { systemInitTime: false } })).toBe(false);
  expect(initTime({ protocol: 'netflow-v9' })).toBe(false);
});

test.each<[object, string]>([
  [{ fields: ['octets'] }, 'fields.0 is no field: known are sourceAddress'],
  [{ fields: ['flowEnd', 'octetDeltaCount:4', 'octetDeltaCount'] }, 'fields.2 is there twice'],
  [{ fields: ['flowEnd', 'sourceAddress:2'] }, 'fields.1 is not possible: only integers may have fewer octets than 4'],
  [{ fields: ['protocolIdentifier:2'] }, 'fields.0 is not possible'],
  [{ fields: ['postNATSourceIPv4Address'] }, 'fields needs a field that IPv4 and IPv6 flows both have'],
  [{ protocol: 'netflow-v9', fields: ['flowEnd', 'reverseOctetDeltaCount'] }, 'fields.1 needs protocol ipfix'],
  [
    { protocol: 'netflow-v9', profile: 'ipfixprobe' },
    'protocol needs protocol ipfix: NetFlow v9 cannot carry reverseOctetDeltaCount',
  ],
  [{ protocol: 'netflow-v9', timestamps: 'delta' }, 'timestamps needs protocol ipfix'],
  [{ protocol: 'netflow-v9', dnsNames: true }, 'dnsNames needs protocol ipfix'],
  [{ timestamps: 'sys-uptime', fields: ['reverseFlowStart', 'flowEnd'] }, 'timestamps is not possible with reverseFlowStart'],
  [{ fields: ['flowEnd', 'octetDeltaCount:1'] }, 'fields.1 cannot hold the octets of one packet: give it 2'],
  [{ protocol: 'netflow-v5', fields: ['flowEnd'] }, 'fields is not for NetFlow v5'],
  [{ protocol: 'netflow-v5', timestamps: 'seconds' }, 'timestamps is not for NetFlow v5'],
  [{ protocol: 'netflow-v5', options: { sampler: true } }, 'options.sampler is not for NetFlow v5'],
])('%o is a contradiction', (settings, sentence) => {
  expect(mistakes(settings)[0]).toContain(sentence);
});

test('one octet for octets is enough where nothing is split', () => {
  expect(mistakes({ fields: ['flowEnd', 'octetDeltaCount:1'], counterOverflow: 'wrap' })).toEqual([]);
  expect(mistakes({ fields: ['flowEnd', 'octetDeltaCount:2', 'packetDeltaCount:1'] })).toEqual([]);
});
