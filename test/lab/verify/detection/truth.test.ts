import { describe, expect, test } from 'vitest';
import { PROTOCOL_TCP, TCP_SYN, type Connection, type PacketTrain } from '../../../../core/net/packet-train.ts';
import { trueNs } from '../../../../core/time/instant.ts';
import { EventRecords } from '../../../../lab/verify/detection/event-records.ts';
import { trueEvents, type DetectionCase, type ScriptedEvent } from '../../../../lab/verify/detection/truth.ts';
import { Ledger } from '../../../../lab/verify/ledger.ts';
import { Records } from '../../../../lab/verify/records.ts';
import { connectionWith } from '../../../support/connection.ts';

const EPOCH_MS = Date.UTC(2026, 2, 2, 8);
const S = 1_000_000_000;
const JOHN = 0x0a000015;
const FAR = 0xc6126401;
const PUBLIC = 0xcb007102;
const BEACON = 3;

const connection = (id: number, written: Partial<Connection> = {}): Connection =>
  connectionWith({
    id,
    activity: BEACON,
    protocol: PROTOCOL_TCP,
    insideAddress: JOHN,
    insidePort: 50_000 + id,
    serverAddress: FAR,
    ...written,
  });

const train = (of: Connection, startS: number, written: Partial<PacketTrain> = {}): PacketTrain => ({
  connection: of,
  direction: 'up',
  startNs: trueNs(startS * S),
  intervalNs: S as PacketTrain['intervalNs'],
  packets: 3,
  octets: 300,
  classOfService: 0,
  tcpFlagsFirst: TCP_SYN,
  tcpFlags: 0,
  tcpFlagsLast: 0,
  ...written,
});

const scripted = (written: Partial<ScriptedEvent> = {}): ScriptedEvent => ({
  kind: 'beacon',
  who: 'John',
  subjects: ['10.0.0.21'],
  isFromOutside: false,
  of: { activity: BEACON },
  plannedMs: EPOCH_MS + 5_000,
  hiddenBecause: 'stayed-inside',
  ...written,
});

/** The record of a connection, one of its directions. */
function recordsOf({ insideAddress, insidePort, serverAddress, serverPort, protocol }: Connection, isUp: boolean): Records {
  const records = new Records();
  const [source, destination] = isUp
    ? [[insideAddress, insidePort] as const, [serverAddress, serverPort] as const]
    : [[serverAddress, serverPort] as const, [insideAddress, insidePort] as const];
  records.add(
    {
      sourceAddress: [source[0]],
      sourcePort: [source[1]],
      destinationAddress: [destination[0]],
      destinationPort: [destination[1]],
      protocol: [protocol],
      octetDeltaCount: [1],
      packetDeltaCount: [1],
      flowStartMs: [0],
      flowEndMs: [0],
      flowEndReason: [1],
      postNatSourceAddress: [0],
      postNatDestinationAddress: [0],
      postNaptSourcePort: [0],
      postNaptDestinationPort: [0],
    },
    1,
    undefined,
  );
  return records;
}

/** A day of 100 s with what `happen` writes down; records of `seen` came to the collector. */
function truthOf(
  happen: (ledger: Ledger) => void,
  script: ScriptedEvent[],
  seen: readonly Records[] = [],
  rest: Partial<DetectionCase> = {},
) {
  const ledger = new Ledger();
  happen(ledger);
  ledger.close(trueNs(100 * S));
  const records = new EventRecords(ledger, new Set([BEACON]), new Set([7]));
  for (const each of seen) records.add(each);
  const exhaustion = { subjects: ['203.0.113.2'], areExported: true, received: 1 };
  return trueEvents({ ledger, epochUnixMs: EPOCH_MS, script, records, isSampled: false, exhaustion, ...rest });
}

describe('an activity', () => {
  test('lasts from its first packet to its last, and has all its connections', () => {
    const [one, other] = [connection(1), connection(2)];
    const [found] = truthOf(
      (ledger) => {
        ledger.passed(train(one, 10), PUBLIC, 1);
        ledger.passed(train(one, 11, { direction: 'down' }), PUBLIC, 1);
        ledger.passed(train(other, 40), PUBLIC, 2);
        ledger.passed(train(connection(3, { activity: -1 }), 2), PUBLIC, 3);
      },
      [scripted()],
      [recordsOf(one, true), recordsOf(one, false), recordsOf(connection(3, { activity: -1 }), true)],
    );
    expect(found).toEqual({
      kind: 'beacon',
      who: 'John',
      subjects: new Set([JOHN]),
      targets: new Set([FAR]),
      fromMs: EPOCH_MS + 10_000,
      toMs: EPOCH_MS + 42_000,
      flows: 2,
      octets: 900,
      records: 2,
    });
  });

  test('ends with the day', () => {
    const cut = connection(1);
    const happen = (ledger: Ledger): void => {
      ledger.passed(train(cut, 99), PUBLIC, 1);
      ledger.passed(train(connection(2), 101), PUBLIC, 2);
    };
    const [found] = truthOf(happen, [scripted()], [recordsOf(cut, true)]);
    expect(found).toMatchObject({ toMs: EPOCH_MS + 100_000, flows: 1, octets: 200 });
  });

  test('from outside is about the stranger and about the public address', () => {
    const knock = connection(1, { device: -1, insideAddress: PUBLIC, insidePort: 22, serverAddress: 0xc0000242 });
    const [found] = truthOf(
      (ledger) => ledger.dropped(train(knock, 1, { direction: 'down' }), PUBLIC, 22),
      [scripted({ kind: 'inbound-scan', subjects: [], isFromOutside: true })],
    );
    expect(found?.subjects).toEqual(new Set([0xc0000242, PUBLIC]));
  });
});

describe('what nobody could have seen is marked, with the reason', () => {
  const passes = (ledger: Ledger): void => ledger.passed(train(connection(1), 10), PUBLIC, 1);

  test.each([
    ['stayed-inside', () => undefined, {}],
    ['lost', passes, {}],
    ['not-sampled', passes, { isSampled: true }],
  ] as const)('%s', (reason, happen, rest) => {
    expect(truthOf(happen, [scripted()], [], rest)).toMatchObject([{ unseen: reason, records: 0 }]);
  });

  test('what has no packets was when it was planned', () => {
    expect(truthOf(() => undefined, [scripted()])).toMatchObject([
      { fromMs: EPOCH_MS + 5_000, toMs: EPOCH_MS + 5_000, flows: 0 },
    ]);
  });
});

test('a device in no inventory is an event from its first packet on, done to nobody', () => {
  const own = connection(1, { device: 7, activity: -1 });
  const unlisted = scripted({ kind: 'unknown-device', of: { device: 7 } });
  expect(truthOf((ledger) => ledger.passed(train(own, 3), PUBLIC, 1), [unlisted], [recordsOf(own, true)])).toMatchObject([
    { kind: 'unknown-device', fromMs: EPOCH_MS + 3_000, records: 1, targets: new Set() },
  ]);
});

describe('port exhaustion', () => {
  const refuse =
    (...seconds: number[]) =>
    (ledger: Ledger): void =>
      seconds.forEach((at, index) => ledger.refused(train(connection(index), at)));

  test('is a stretch of refusals, and another after ten minutes of none', () => {
    expect(truthOf(refuse(0, 60, 600, 1_201), [])).toMatchObject([
      { kind: 'port-exhaustion', fromMs: EPOCH_MS, toMs: EPOCH_MS + 600_000, flows: 3 },
      { fromMs: EPOCH_MS + 1_201_000, toMs: EPOCH_MS + 1_201_000, flows: 1 },
    ]);
  });

  test('is not of answers that were never sent, nor of what strangers want', () => {
    expect(truthOf((ledger) => ledger.refused(train(connection(1), 1, { direction: 'down' })), [])).toEqual([]);
  });

  test.each([
    [{ areExported: false, received: 0 }, 'not-reported'],
    [{ areExported: true, received: 0 }, 'lost'],
    [{ areExported: true, received: 2 }, undefined],
  ])('with %j reports is unseen: %s', (reports, unseen) => {
    const exhaustion = { subjects: ['203.0.113.2'], ...reports };
    expect(truthOf(refuse(5), [], [], { exhaustion })[0]?.unseen).toBe(unseen);
  });
});
