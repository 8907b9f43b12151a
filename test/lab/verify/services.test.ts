import { expect, test } from 'vitest';
import { Catalogue } from '../../../collector/query/catalogue.ts';
import { parseIPv4 } from '../../../core/net/address.ts';
import { PROTOCOL_TCP, PROTOCOL_UDP } from '../../../core/net/packet-train.ts';
import { categoryOf } from '../../../lab/verify/services.ts';

test('a scanned port is to the judge what it is to the collector, whichever port it is', () => {
  const catalogue = new Catalogue(new Map(), new Map());
  const serverAddress = parseIPv4('198.18.200.10') as number;
  for (let serverPort = 1; serverPort <= 1_000; serverPort++) {
    const clue = { applicationId: 0, serverAddress, serverPort, protocol: PROTOCOL_TCP };
    expect(categoryOf(serverAddress, serverPort, PROTOCOL_TCP), `port ${serverPort}`).toBe(
      catalogue.classify(clue).application.category,
    );
  }
  expect(categoryOf(serverAddress, 123, PROTOCOL_UDP)).toBe('infrastructure');
});
