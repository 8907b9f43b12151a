import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { readComposeFile, readData, specificationSchema, type Service } from './compose-file.ts';
import { freePort, RunningService, type Substitutions } from './running-service.ts';

const { services, networks, volumes } = readComposeFile();
const serviceOf = (name: string): Service => services[name] as Service;

const SCHEMA = process.env['FLOWLAB_COMPOSE_SCHEMA'];
if (SCHEMA === undefined) console.info('skipped: FLOWLAB_COMPOSE_SCHEMA names no copy of the Compose Specification’s schema');

describe('compose.yaml', () => {
  test.skipIf(SCHEMA === undefined)('is valid by the schema of the Compose Specification', () => {
    const schema = specificationSchema(SCHEMA as string);
    expect(schema.safeParse(readData()).error?.issues).toBeUndefined();
    // The schema does refuse what is wrong.
    const spoilt = readData() as { services: Record<string, Record<string, unknown>> };
    for (const [key, value] of [
      ['imgae', 'flowlab'],
      ['command', 5],
      ['depends_on', { collector: { condition: 'service_helthy' } }],
    ] as const) {
      const exporter = { ...spoilt.services['exporter'], [key]: value };
      expect(schema.safeParse({ ...spoilt, services: { exporter } }).success, key).toBe(false);
    }
  });

  test('has the four services, from one image', () => {
    expect(Object.keys(services).sort()).toEqual(['collector', 'exporter', 'lab', 'ntp-server']);
    expect(new Set(Object.values(services).map(({ image, build }) => JSON.stringify([image, build]))).size).toBe(1);
    for (const { build } of Object.values(services)) expect(existsSync(join(build.context, build.dockerfile))).toBe(true);
  });

  test('names only networks, volumes and services that there are, and reaches them by a common network', () => {
    for (const service of Object.values(services)) {
      for (const network of service.networks) expect(networks).toHaveProperty(network);
      for (const volume of service.volumes ?? []) expect(volumes).toHaveProperty(volume.split(':')[0] as string);
      const peers = service.command.flatMap((word) => /^([a-z][a-z-]*):\d+$/.exec(word)?.[1] ?? []);
      for (const peer of new Set([...peers, ...Object.keys(service.depends_on ?? {})])) {
        expect(
          service.networks.some((network) => serviceOf(peer).networks.includes(network)),
          peer,
        ).toBe(true);
      }
    }
  });

  test('lab is alone on a network without a way out', () => {
    const inside = Object.keys(services).filter((name) => serviceOf(name).networks.includes('alone'));
    expect([serviceOf('lab').networks, inside, networks['alone']]).toEqual([['alone'], ['lab'], { internal: true }]);
  });

  // podman-compose 1.0.3 hands them to a shell without their quotes.
  test('no word of a health check means another thing to a shell', () => {
    for (const { healthcheck } of Object.values(services)) {
      if ('test' in healthcheck) for (const word of healthcheck.test) expect(word).toMatch(/^[\w./:-]+$/);
    }
  });

  test('every program the commands start is in the image', () => {
    const containerfile = readFileSync('Containerfile', 'utf8');
    for (const { command } of Object.values(services)) {
      const script = command.find((word) => /\.m?[jt]s$/.test(word)) as string;
      expect(existsSync(script)).toBe(true);
      expect(containerfile).toMatch(new RegExp(`^COPY ${script.split('/')[0]} `, 'm'));
    }
  });
});

describe('the command lines of compose.yaml, started here', { timeout: 180_000 }, () => {
  const data = mkdtempSync(join(tmpdir(), 'compose-'));
  afterAll(() => rmSync(data, { recursive: true }));

  function start(name: string, substitutions: Substitutions): RunningService {
    const running = new RunningService(serviceOf(name), [...substitutions, ['/data', data]]);
    onTestFinished(async () => void (await running.stop()));
    return running;
  }

  // The health checks read /proc.
  test.skipIf(process.platform !== 'linux')('each becomes healthy, and what one exports the other collects', async () => {
    const [ntp, ipfix] = [await freePort(), await freePort()];
    const hex = (port: number): string => port.toString(16).toUpperCase().padStart(4, '0');
    const here: Substitutions = [
      ['ntp-server:', '127.0.0.1:'],
      ['collector:', '127.0.0.1:'],
      [':11123', `:${ntp}`],
      [':4739', `:${ipfix}`],
      [`:${hex(4739)}.`, `:${hex(ipfix)}.`],
    ];
    const ntpServer = start('ntp-server', here);
    expect(await ntpServer.isHealthyInTime(), ntpServer.stderr).toBe(true);
    const collector = start('collector', here);
    expect(await collector.isHealthyInTime(), collector.stderr).toBe(true);
    const exporter = start('exporter', here);
    expect(await exporter.isHealthyInTime(), exporter.stderr).toBe(true);
    // Real time: by seed 1 the first connections of the office's ten o'clock end within half a minute.
    expect(await exporter.saysInTime(/ [1-9]\d* flow records/, 90_000), exporter.stdout).toBe(true);
    expect(await exporter.stop(), exporter.stderr).toBe(0);
    expect(await exporter.checkHealth()).not.toBe(0);
    expect(exporter.stdout).toContain('last NTP offset');
    const exported = Number(/ (\d+) flow records/.exec(exporter.stdout.split('\n').at(-2) as string)?.[1]);
    expect(exported).toBeGreaterThan(0);
    expect(await collector.stop(), collector.stderr).toBe(0);
    expect(await collector.checkHealth()).not.toBe(0);
    expect(collector.stdout.split('\n').slice(-20).join('\n')).toContain(`${exported.toLocaleString('en')} flows of `);
    expect(await ntpServer.stop()).toBe(0);
    expect(await ntpServer.checkHealth()).not.toBe(0);
    expect([ntpServer.stderr, collector.stderr, exporter.stderr]).toEqual(['', '', '']);
  });

  test('lab runs to a verdict and leaves its files', async () => {
    const lab = start('lab', []);
    expect(await lab.ended(), lab.stderr).toBe(0);
    expect(lab.stdout).toMatch(/\nPASS /);
    for (const file of ['report.json', 'report.xml', 'export.pcap']) expect(existsSync(join(data, file)), file).toBe(true);
  });
});
