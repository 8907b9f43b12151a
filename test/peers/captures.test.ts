import { execFileSync, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runScenario } from '../../lab/run-scenario.ts';
import { MIXED_CAPTURE } from '../support/mixed-capture.ts';
import { hasProgram } from '../support/outside-program.ts';
import { SMALL } from '../support/small-world.ts';

/** What other people's meters make of the same packets, and what tshark makes of ours. */
let out: string;
let office: string;
let mixed: string;

beforeAll(async () => {
  out = mkdtempSync(join(tmpdir(), 'flowlab-captures-'));
  office = join(out, 'office.pcap');
  mixed = join(out, 'mixed.pcap');
  writeFileSync(mixed, MIXED_CAPTURE);
  await runScenario({ scenario: SMALL, duration: '7m', packets: office });
}, 60_000);
afterAll(() => rmSync(out, { recursive: true, force: true }));

/** Packets and octets by protocol and endpoints: whatever the meters' timeouts, the records of a flow add up to them. */
type Flows = Record<string, { packets: number; octets: number }>;

function readFlows(directory: string): Flows {
  const lines = execFileSync('nfdump', ['-q', '-N', '-R', directory, '-o', 'fmt:%pr %sap %dap %pkt %byt'], { encoding: 'utf8' });
  const flows: Flows = {};
  for (const line of lines.trim().split('\n')) {
    const [protocol = '', source = '', destination = '', packets, octets] = line.trim().split(/\s+/);
    const flow = (flows[`${protocol} ${source} ${destination}`] ??= { packets: 0, octets: 0 });
    flow.packets += Number(packets);
    flow.octets += Number(octets);
  }
  return flows;
}

/** Has nfcapd collect what `sends` sends to its port. */
async function collect(name: string, sends: (port: number) => void): Promise<Flows> {
  const directory = join(out, name);
  mkdirSync(directory);
  const port = await freePort();
  const collector = spawn('nfcapd', ['-w', directory, '-p', String(port), '-b', '127.0.0.1', '-t', '3600', '-B', '4000000'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  try {
    // It says that it is there before it is.
    await Promise.race([once(collector.stdout, 'data'), once(collector.stderr, 'data')]);
    await sleep(1_500);
    sends(port);
    await sleep(500);
  } finally {
    collector.kill('SIGTERM');
    await once(collector, 'exit');
  }
  return readFlows(directory);
}

const ours = (name: string, capture: string): Promise<Flows> =>
  collect(name, (port) => {
    const args = [
      '--import',
      'tsx',
      'exporter/main.ts',
      '--pcap',
      capture,
      '--collector',
      `127.0.0.1:${port}`,
      '--pause-ms',
      '2',
    ];
    execFileSync('node', args, { stdio: 'pipe', timeout: 20_000 });
  });

let officeFlows: Promise<Flows> | undefined;
const officeByUs = (): Promise<Flows> => (officeFlows ??= ours('office-ours', office));

const softflowds = (name: string, capture: string): Promise<Flows> =>
  collect(name, (port) => {
    // With a control socket it waits there for a command before it reads a capture, or does not: by chance. Without one it reads
    // to the end, exports and exits. A flow of many packets is told in records of a minute.
    const args = ['-r', capture, '-n', `127.0.0.1:${port}`, '-v', '9', '-d', '-c', 'none', '-t', 'maxlife=60'];
    execFileSync('softflowd', args, { stdio: 'pipe', timeout: 20_000 });
  });

function nfpcapds(name: string, capture: string): Flows {
  const directory = join(out, name);
  mkdirSync(directory);
  execFileSync('nfpcapd', ['-r', capture, '-w', directory, '-e', '60,15'], { stdio: 'pipe', timeout: 20_000 });
  return readFlows(directory);
}

const hasNfdump = hasProgram('nfcapd') && hasProgram('nfdump');
const HERE = '10.0.10.10';
const THERE = '198.18.16.16';
const HERE6 = '2001:db8::1';
const THERE6 = '2001:db8::2';
/** Each kind of frame is in the capture twice. */
const twice = (octets: number): { packets: number; octets: number } => ({ packets: 2, octets: 2 * octets });

/** The flows by the packets' own headers. */
const MIXED: Flows = {
  [`6 ${HERE}:50001 ${THERE}:443`]: twice(740),
  [`6 ${HERE}:50002 ${THERE}:443`]: twice(144),
  [`17 ${HERE}:50003 ${THERE}:53`]: twice(68),
  [`17 ${HERE}:50004 ${THERE}:53`]: twice(68),
  [`17 ${HERE}:50005 ${THERE}:9`]: twice(30),
  [`1 ${HERE}:0 ${THERE}:8.0`]: twice(84),
  [`1 ${THERE}:0 ${HERE}:0.0`]: twice(84),
  [`47 ${HERE}:0 ${THERE}:0`]: twice(64),
  [`132 ${HERE}:50006 ${THERE}:3868`]: twice(52),
  [`17 ${HERE}:50007 ${THERE}:2049`]: twice(1_500),
  [`17 ${HERE}:0 ${THERE}:0`]: twice(540),
  [`17 ${HERE6}.50008 ${THERE6}.443`]: twice(1_248),
  [`6 ${HERE6}.50009 ${THERE6}.443`]: twice(60),
  [`58 ${HERE6}.0 ${THERE6}.128.0`]: twice(104),
  [`17 ${HERE6}.50010 ${THERE6}.443`]: twice(156),
  [`17 ${HERE6}.50011 ${THERE6}.443`]: twice(1_280),
  [`17 ${HERE6}.0 ${THERE6}.0`]: twice(148),
};

/** `MIXED` as somebody sees it who differs from the headers: flows to leave out, and flows to have instead. */
const except = (without: readonly string[], instead: Flows): Flows => ({
  ...Object.fromEntries(
    Object.entries(MIXED).filter(
      ([key]) => !without.some((part) => (/^\d/.test(part) ? key.startsWith(part) : key.includes(part))),
    ),
  ),
  ...instead,
});

describe.skipIf(!hasNfdump)('a capture of everything', { timeout: 30_000 }, () => {
  test('is metered by the headers of its packets', async () => {
    expect(await ours('mixed-ours', mixed)).toEqual(MIXED);
  });

  test.skipIf(!hasProgram('softflowd'))('softflowd: double tags, padding, SCTP, ICMPv6 and IPv6 fragments differ', async () => {
    expect(await softflowds('mixed-softflowd', mixed)).toEqual(
      except([':50004 ', ':50005 ', '132 ', '58 ', `17 ${HERE6}.0 `], {
        // It takes frames with two VLAN tags for something else than IP, so 50004 is missing.
        // It counts the padding of short Ethernet frames: 46 octets for a packet of 30.
        [`17 ${HERE}:50005 ${THERE}:9`]: twice(46),
        // It reads no ports of SCTP,
        [`132 ${HERE}:0 ${THERE}:0`]: twice(52),
        // exports no type of ICMPv6,
        [`58 ${HERE6}.0 ${THERE6}.0.0`]: twice(104),
        // and takes the protocol of later IPv6 fragments for 0.
        [`0 ${HERE6}.0 ${THERE6}.0`]: twice(148),
      }),
    );
  });

  test.skipIf(!hasProgram('nfpcapd'))('nfpcapd: double tags, tunnels, fragments and extension headers differ', () => {
    expect(nfpcapds('mixed-nfpcapd', mixed)).toEqual(
      except([':50004 ', '47 ', '132 ', ':50007 ', `17 ${HERE}:0 `, '.50010 ', '.50011 ', `17 ${HERE6}.0 `], {
        // It skips frames with two VLAN tags, and GRE packets when it cannot read what is inside; it reads no ports of SCTP.
        [`132 ${HERE}:0 ${THERE}:0`]: twice(52),
        // It puts IPv4 fragments together, and counts the datagram once: a header and 2000 octets.
        [`17 ${HERE}:50007 ${THERE}:2049`]: twice(2_020),
        // It stops at the first IPv6 extension header.
        [`60 ${HERE6}.0 ${THERE6}.0`]: twice(156),
        [`44 ${HERE6}.0 ${THERE6}.0`]: { packets: 4, octets: 2 * (1_280 + 148) },
      }),
    );
  });
});

describe.skipIf(!hasNfdump)(
  'a capture of the office',
  () => {
    test.skipIf(!hasProgram('softflowd'))('softflowd meters the same flows, packets and octets', async () => {
      expect(await softflowds('office-softflowd', office)).toEqual(await officeByUs());
    });

    test.skipIf(!hasProgram('nfpcapd'))('nfpcapd meters the same flows, packets and octets', async () => {
      expect(nfpcapds('office-nfpcapd', office)).toEqual(await officeByUs());
    });
  },
  30_000,
);

test.skipIf(!hasProgram('tshark'))(
  'tshark finds nothing wrong with the packets of the office',
  () => {
    const checks = ['tcp', 'udp', 'ip'].flatMap((protocol) => ['-o', `${protocol}.check_checksum:TRUE`]);
    const filter = '_ws.expert.severity >= Note && !(tcp.flags.fin == 1) || _ws.malformed';
    const lines = execFileSync('tshark', ['-r', office, ...checks, '-Y', filter], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    expect(lines).toBe('');
  },
  60_000,
);

async function freePort(): Promise<number> {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  return port;
}
