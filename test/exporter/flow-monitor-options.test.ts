import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ObservedPacket } from '../../core/flow/observed-packet.ts';
import { after, NS_PER_MS, trueNs } from '../../core/time/instant.ts';
import { VirtualClock } from '../../core/time/virtual-clock.ts';
import { routerSchema } from '../../exporter/config.ts';
import { FlowMonitor } from '../../exporter/flow-monitor.ts';
import { FLOW_KEYS } from '../../exporter/metering/config.ts';
import { drained, toldIn } from '../support/decoded-messages.ts';

const EPOCH = { unixMs: Date.UTC(2026, 2, 2, 8) };
const FAST_MS = 300_000;

const monitorOf = (settings: object): FlowMonitor =>
  new FlowMonitor(routerSchema.parse(settings), [], new VirtualClock({ offsetNs: FAST_MS * NS_PER_MS }), EPOCH, trueNs(0));

/** Values of the options records that have the element, after their scope. */
function optionsWith(monitor: FlowMonitor, elementId: number): (readonly unknown[])[] {
  return toldIn(drained(monitor)).flatMap(({ template, values }) =>
    values !== undefined && template.fields.some((field) => field.elementId === elementId) ? [values.slice(1)] : [],
  );
}

/** Numbers of the elements that show each of `metering.keys` (IANA). */
const ELEMENTS: Readonly<Record<(typeof FLOW_KEYS)[number], readonly number[]>> = {
  sourceAddress: [8],
  destinationAddress: [12],
  sourcePort: [7],
  destinationPort: [11],
  protocol: [4],
  classOfService: [5],
  vlanId: [58],
  ingressInterface: [10],
  postNatEndpoints: [225, 226, 227, 228],
};
const FIELDS = [
  'flowStart',
  'postNAPTDestinationTransportPort',
  'vlanId',
  'sourceAddress',
  'octetDeltaCount',
  'ipClassOfService',
  'destinationTransportPort',
  'postNATSourceIPv4Address',
  'protocolIdentifier',
  'egressInterface',
  'destinationAddress',
  'postNATDestinationIPv4Address',
  'sourceTransportPort',
  'ingressInterface',
  'postNAPTSourceTransportPort',
  'ipVersion',
];

test('flowKeyIndicator marks the configured keys, in the order of the Template (RFC 7011 section 4.4)', () => {
  fc.assert(
    fc.property(
      fc.subarray([...FLOW_KEYS], { minLength: 1 }),
      fc.shuffledSubarray(FIELDS, { minLength: 1 }).filter((fields) => fields.includes('flowStart')),
      fc.boolean(),
      (keys, fields, isBiflowOnLan) => {
        const biflow = isBiflowOnLan ? { biflow: true, observationPoints: ['lan-ingress', 'lan-egress'] } : {};
        const monitor = monitorOf({
          metering: { keys, ...biflow },
          exporting: { fields, applicationIds: false, options: { flowKeys: true } },
        });
        monitor.handleTimeout(trueNs(0));
        const messages = drained(monitor);
        const template = toldIn(messages).find(({ template: { id } }) => id === 256)?.template;
        const indicator = BigInt(
          toldIn(messages).find(({ template: { id }, values }) => id === 519 && values?.[0] === 256)?.values?.[1] as number,
        );
        const marked = template?.fields.filter((_, index) => (indicator >> BigInt(index)) & 1n).map(({ elementId }) => elementId);
        const expected = new Set([60, ...keys.flatMap((key) => ELEMENTS[key])]);
        // Of a biflow that is seen on one side, only one direction is about to be translated.
        if (isBiflowOnLan) for (const element of ELEMENTS.postNatEndpoints) expected.delete(element);
        expect(marked).toEqual(template?.fields.map(({ elementId }) => elementId).filter((elementId) => expected.has(elementId)));
      },
    ),
    { numRuns: 60 },
  );
});

test('packets the full cache refused are told with the router time of the first and the last (RFC 7011 section 4.2)', () => {
  const monitor = monitorOf({
    metering: { maxEntries: 1, whenFull: 'refuse-new' },
    exporting: { applicationIds: false, options: { meteringReliability: true } },
  });
  const packet = new ObservedPacket();
  monitor.handleTimeout(trueNs(0));
  for (const [flow, atMs] of [
    [1, 10],
    [2, 20],
    [1, 30],
    [3, 40],
    [2, 50],
  ] as const) {
    // prettier-ignore
    packet.atNs = trueNs(atMs * NS_PER_MS);
    packet.octets = 100 * flow;
    packet.setIPv4(flow, 99);
    packet.setTransport(17, 1, 2);
    monitor.observePacket(packet);
  }
  monitor.handleTimeout(after(trueNs(0), 600_000 * NS_PER_MS));
  const routerMs = EPOCH.unixMs + FAST_MS;
  expect(optionsWith(monitor, 164)).toEqual([
    [0, 0, 0, 0],
    [3, 700, routerMs + 20, routerMs + 50],
  ]);
});
