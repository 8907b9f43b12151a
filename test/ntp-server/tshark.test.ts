import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fileHeader, udpPacket } from '../../core/net/pcap.ts';
import { SntpClient } from '../../core/ntp/sntp-client.ts';
import type { KeyRing, SymmetricKey } from '../../core/ntp/symmetric-key.ts';
import { Random } from '../../core/random/random.ts';
import { NS_PER_S, trueNs } from '../../core/time/instant.ts';
import { VirtualClock } from '../../core/time/virtual-clock.ts';
import { buildNtpServer } from '../../ntp-server/build.ts';
import { servedTimeSchema } from '../../ntp-server/config.ts';
import { keyOf, md5 } from '../../runtime/ntp-keys.ts';
import { hasProgram } from '../support/outside-program.ts';
import { EPOCH } from './ask.ts';
import { extensionField, request, withSha1 } from './request-forms.ts';
import { run } from './running-server.ts';

test.skipIf(!hasProgram('tshark'))('tshark reads requests and replies of every kind without complaint', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'ntp-pcap-'));
  try {
    const secret = Uint8Array.of(1, 2, 3);
    const key = keyOf({ id: 1, type: 'SHA1', secret });
    const keys = new Map([[1, key]]);
    const exchanges = [
      { config: {}, payload: request(4, 3) },
      { config: { stratum: 3, referenceId: '192.0.2.7', leap: 'insert' }, payload: request(3, 3) },
      { config: { stratum: 16 }, payload: request(4, 1) },
      { config: { faults: [{ kind: 'kiss', code: 'RATE' }] }, payload: request(4, 3) },
      { config: { faults: [{ kind: 'stale-reference', ageS: 1e6 }] }, payload: request(4, 3, extensionField(28)) },
      { config: { stratum: 2 }, payload: withSha1(request(4, 3), 1, secret) },
      { config: {}, payload: requestOfClient() },
      { config: {}, payload: requestOfClient(key) },
    ];
    const file = join(directory, 'ntp.pcap');
    const packets = exchanges.flatMap(({ config, payload }) => [
      udpPacket({ ...CLIENT_TO_SERVER, payload }),
      udpPacket({ ...SERVER_TO_CLIENT, payload: replyOf(config, payload, keys) }),
    ]);
    await writeFile(file, Buffer.concat([fileHeader(), ...packets]));
    const fields = [
      'frame.protocols',
      'ntp.flags.li',
      'ntp.flags.vn',
      'ntp.flags.mode',
      'ntp.stratum',
      'ntp.keyid',
      '_ws.expert',
      '_ws.malformed',
    ];
    const { stdout } = await run('tshark', [
      '-r',
      file,
      '-T',
      'fields',
      '-E',
      'separator=,',
      ...fields.flatMap((field) => ['-e', field]),
    ]);
    const protocols = 'raw:ip:udp:ntp';
    expect(stdout.trim().split('\n')).toEqual([
      `${protocols},0,4,3,0,,,`,
      `${protocols},0,4,4,1,,,`,
      `${protocols},0,3,3,0,,,`,
      `${protocols},1,3,4,3,,,`,
      `${protocols},0,4,1,0,,,`,
      `${protocols},3,4,2,0,,,`,
      `${protocols},0,4,3,0,,,`,
      `${protocols},3,4,4,0,,,`,
      `${protocols},0,4,3,0,,,`,
      `${protocols},0,4,4,1,,,`,
      `${protocols},0,4,3,0,00000001,,`,
      `${protocols},0,4,4,2,00000001,,`,
      `${protocols},0,4,3,0,,,`,
      `${protocols},0,4,4,1,,,`,
      `${protocols},0,4,3,0,00000001,,`,
      `${protocols},0,4,4,1,00000001,,`,
    ]);
  } finally {
    await rm(directory, { recursive: true });
  }
});

const AT = { time: { s: 1_800_000_000, ns: 0 }, identification: 0 };
const CLIENT_TO_SERVER = {
  ...AT,
  sourceAddress: 0xc0000201,
  sourcePort: 50_000,
  destinationAddress: 0xc0000202,
  destinationPort: 123,
};
const SERVER_TO_CLIENT = {
  ...AT,
  sourceAddress: 0xc0000202,
  sourcePort: 123,
  destinationAddress: 0xc0000201,
  destinationPort: 50_000,
};

/** What our own client asks, where it may sign that. */
function requestOfClient(key?: SymmetricKey): Uint8Array {
  const server = 'server';
  const client = new SntpClient({
    clock: new VirtualClock(),
    epoch: EPOCH,
    random: new Random(1),
    initialDelayMs: 0,
    servers: [server],
    keys: new Map(key && [[server, key]]),
  });
  client.handleTimeout(trueNs(0));
  const output = client.poll();
  if (output?.kind !== 'send') throw new Error('the client asks nothing');
  return output.payload;
}

function replyOf(config: object, payload: Uint8Array, keys: KeyRing): Uint8Array {
  const server = buildNtpServer(servedTimeSchema.parse(config), { epoch: EPOCH, random: new Random(1), md5, keys });
  server.handle(trueNs(NS_PER_S), { payload, source: { address: '192.0.2.1', port: 50_000 } });
  return server.poll()!.payload;
}
