import { describe, expect, test } from 'vitest';
import { elementById } from '../../core/ipfix/registry/registry.ts';
import { parseAddress } from '../../core/net/address-book.ts';
import { addressOfEndpoint, endpointNumber } from '../../core/net/endpoint-number.ts';
import type { Connection, Direction, PacketTrain } from '../../core/net/packet-train.ts';
import { Random } from '../../core/random/random.ts';
import { trueNs } from '../../core/time/instant.ts';
import { VirtualClock } from '../../core/time/virtual-clock.ts';
import { routerSchema } from '../../exporter/config.ts';
import { Router } from '../../exporter/router.ts';
import { drained, toldIn } from '../support/decoded-messages.ts';
import { connectionWith } from '../support/connection.ts';

const EPOCH = { unixMs: Date.UTC(2026, 2, 2, 8) };
const address = (text: string): number => parseAddress(text) as number;
const HOST = '2001:db8:50::7';

const connection = (server: string): Connection =>
  connectionWith({
    protocol: 17,
    insideAddress: address(HOST),
    serverAddress: address(server),
  });

const train = (of: Connection, direction: Direction, startNs: number): PacketTrain => ({
  connection: of,
  direction,
  startNs: trueNs(startNs),
  intervalNs: 1_000,
  packets: 10,
  octets: 10_000,
  tcpFlagsFirst: 0,
  tcpFlags: 0,
  tcpFlagsLast: 0,
});

const open = (input: object = {}): Router =>
  new Router(routerSchema.parse(input), new VirtualClock(), EPOCH, trueNs(0), new Random(1));

/** What was exported, by the names of elements. */
function recordsOf(router: Router): Record<string, unknown>[] {
  router.flush(trueNs(1e12));
  return toldIn(drained(router))
    .flatMap(({ template, values }) => (values === undefined ? [] : [{ template, values }]))
    .map(({ template, values }) =>
      Object.fromEntries(
        template.fields.map((field, index) => [elementById(field.enterpriseNumber, field.elementId)?.name ?? '', values[index]]),
      ),
    )
    .filter((record) => 'octetDeltaCount' in record);
}

describe('plain IPv6', () => {
  const plain = connection('2001:db8:18:1::a');

  test('keeps its addresses, and its records have nothing after a translation', () => {
    const router = open();
    const left = router.forwardOut(trueNs(0), train(plain, 'up', 0));
    expect(left).toBe(endpointNumber(address(HOST), 50_000));
    expect(router.forwardIn(trueNs(1_000), train(plain, 'down', 1_000), left)).toBe(true);
    const records = recordsOf(router);
    const seen = records.map((record) => [record['sourceIPv6Address'], record['destinationIPv6Address']]);
    expect(seen).toEqual([
      [HOST, '2001:db8:18:1::a'],
      ['2001:db8:18:1::a', HOST],
    ]);
    for (const record of records) {
      expect(Object.keys(record).filter((name) => name.startsWith('post'))).toEqual([]);
      expect(record['octetDeltaCount']).toBe(10_000);
    }
  });

  test('does not come in unless it was asked for', () => {
    expect(open().forwardIn(trueNs(0), train(plain, 'down', 0), endpointNumber(address(HOST), 50_000))).toBe(false);
  });
});

describe('NAT64', () => {
  const translated = connection('64:ff9b::198.18.5.10');

  test.each(['64:ff9b::/96', '2001:db8:64::/96'])('with %s, each side is seen as it is there', (prefix) => {
    const server = prefix.replace('/96', '198.18.5.10');
    const router = open({ nat64: { enabled: true, prefix } });
    const own = connection(server);
    const left = router.forwardOut(trueNs(0), train(own, 'up', 0));
    expect(addressOfEndpoint(left)).toBe(address('203.0.113.2'));
    expect(router.forwardIn(trueNs(1_000), train(own, 'down', 1_000), left)).toBe(true);
    const [up, down] = recordsOf(router) as [Record<string, unknown>, Record<string, unknown>];
    const inside = prefix === '64:ff9b::/96' ? '64:ff9b::c612:50a' : '2001:db8:64::c612:50a';
    expect(up).toMatchObject({
      sourceIPv6Address: HOST,
      destinationIPv6Address: inside,
      postNATSourceIPv4Address: address('203.0.113.2'),
      postNATDestinationIPv4Address: address('198.18.5.10'),
      postNAPTDestinationTransportPort: 443,
      octetDeltaCount: 10_000,
    });
    // RFC 7915 section 4: what came in had a header of 20 octets where it has one of 40 inside.
    expect(down).toMatchObject({
      sourceIPv4Address: address('198.18.5.10'),
      destinationIPv4Address: address('203.0.113.2'),
      postNATSourceIPv6Address: inside,
      postNATDestinationIPv6Address: HOST,
      postNAPTSourceTransportPort: 443,
      octetDeltaCount: 10_000 - 10 * 20,
    });
  });

  test('when switched off its addresses are like any other', () => {
    expect(open().forwardOut(trueNs(0), train(translated, 'up', 0))).toBe(endpointNumber(address(HOST), 50_000));
  });
});
