import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { hasProgram } from '../../support/outside-program.ts';
import { fileHeader, udpPacket } from '../../../core/net/pcap.ts';

test.skipIf(!hasProgram('tshark'))('tshark reads every packet, finds both checksums right and has no remark', () => {
  const directory = mkdtempSync(join(tmpdir(), 'flowlab-pcap-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const file = join(directory, 'test.pcap');
  const lengths = [0, 1, 2, 1_471, 1_472, 65_507];
  const packets = lengths.map((length, index) =>
    udpPacket({
      time: { s: 1_772_438_400 + index, ns: 123_456_789 },
      sourceAddress: 0x0a000001,
      sourcePort: 40_000 + index,
      destinationAddress: 0x0a0000fe,
      destinationPort: 40_100,
      identification: index,
      payload: Uint8Array.from({ length }, (_, at) => (at * 7 + index) & 255),
    }),
  );
  writeFileSync(file, Buffer.concat([fileHeader(), ...packets]));
  const fields = [
    'frame.time_epoch',
    'ip.src',
    'ip.dst',
    'udp.srcport',
    'udp.length',
    'ip.checksum.status',
    'udp.checksum.status',
    '_ws.expert',
  ];
  const { stdout, status } = spawnSync(
    'tshark',
    [
      '-r',
      file,
      '-o',
      'ip.check_checksum:TRUE',
      '-o',
      'udp.check_checksum:TRUE',
      '-T',
      'fields',
      ...fields.flatMap((field) => ['-e', field]),
    ],
    { encoding: 'utf8' },
  );
  expect(status).toBe(0);
  expect(
    stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.trimEnd()),
  ).toEqual(
    lengths.map((length, index) =>
      [`${1_772_438_400 + index}.123456789`, '10.0.0.1', '10.0.0.254', 40_000 + index, length + 8, 1, 1].join('\t'),
    ),
  );
});
