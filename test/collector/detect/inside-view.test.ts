import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CollectedBatch } from '../../../collector/collecting/collected-batch.ts';
import { addressWords } from '../../../collector/detect/address-words.ts';
import { FlowApplications } from '../../../collector/detect/flow-applications.ts';
import { InsideView } from '../../../collector/detect/inside-view.ts';
import { Office } from '../../../collector/detect/office.ts';
import { turnedFlows } from '../../../collector/query/turned-flows.ts';
import { DuckDbStore } from '../../../collector/store/duckdb-store.ts';
import { isIPv4, parseRange, parseStored, type AddressRange, type StoredAddress } from '../../../core/net/stored-address.ts';

const stored = (text: string): StoredAddress => parseStored(text) as StoredAddress;
const INSIDE = ['10.0.0.0/16', '2001:db8:50::/64'].map((text) => parseRange(text) as AddressRange);
const LAPTOP = stored('10.0.0.21');
/** One device by two addresses. */
const HOSTS = new Map([[stored('2001:db8:50::21'), LAPTOP]]);

const address = fc.constantFrom(
  ...['0.0.0.0', '10.0.0.21', '10.0.255.255', '10.1.0.0', '198.18.1.1', '203.0.113.2', '2001:db8:50::21', '2001:db8:50::99']
    .concat(['2001:db8:51::', '2001:db8:1::1', '64:ff9b::c612:101'])
    .map((text) => stored(text) ?? 0),
);
const port = fc.nat(65_535);
const row = fc.record({
  source: address,
  destination: address,
  translated: address,
  /** Of NAT64, an IPv4 destination beside one of IPv6. */
  translatedIPv4: fc.constantFrom(0, Number(stored('198.18.1.1'))),
  ports: fc.tuple(port, port, port),
  startMs: fc.constantFrom(0, 1_000, 5_000),
  endMs: fc.constantFrom(0, 4_000, 6_000),
});

type Row = typeof row extends fc.Arbitrary<infer Drawn> ? Drawn : never;

/** `exact`: one of the two columns, as a decoder fills them. */
function setAddress(ipv4: Uint32Array, ipv6: Uint32Array, at: number, exact: StoredAddress): void {
  if (isIPv4(exact)) ipv4[at] = Number(exact);
  else ipv6.set(addressWords(exact), 4 * at);
}

function batchOf(rows: readonly Row[]): CollectedBatch {
  const batch = new CollectedBatch(rows.length);
  rows.forEach(({ source, destination, translated, translatedIPv4, ports, startMs, endMs }, at) => {
    setAddress(batch.sourceAddress, batch.sourceIPv6, at, source);
    setAddress(batch.destinationAddress, batch.destinationIPv6, at, destination);
    if (translatedIPv4 !== 0 && !isIPv4(destination)) batch.postNatDestinationAddress[at] = translatedIPv4;
    else setAddress(batch.postNatDestinationAddress, batch.postNatDestinationIPv6, at, translated);
    [batch.sourcePort[at], batch.destinationPort[at], batch.postNaptDestinationPort[at]] = ports;
    batch.flowStartMs[at] = startMs;
    batch.flowEndMs[at] = endMs;
    batch.exportTimeS[at] = 7;
    batch.packetDeltaCount[at] = at;
  });
  batch.length = rows.length;
  return batch;
}

async function compare(rows: readonly Row[]): Promise<void> {
  const batch = batchOf(rows);
  const store = await DuckDbStore.open(':memory:');
  await store.append(batch);
  const expected = await store.query(`WITH ${turnedFlows({ inside: INSIDE, named: [], hosts: HOSTS })}
    SELECT inside, inside_port, server, server_port, up, flow_start_ms::DOUBLE AS start, greatest(flow_start_ms, flow_end_ms)::DOUBLE AS "end"
    FROM turned ORDER BY packets`);
  store.close();
  const office = new Office({ inventory: [], policy: { forbidden: [] } }, { applications: [], names: new Map() });
  const applications = new FlowApplications(office, { address: 0, observationDomainId: 0 });
  const view = new InsideView({ inside: INSIDE, hostOf: (each) => HOSTS.get(each) ?? each, applications }, 1_024);
  const flows = view.turn(
    batch,
    rows.map((_, at) => at),
  );
  const seen = rows.map((_, at) => ({
    inside: view.addresses.addressOf(flows.inside[at] as number),
    inside_port: flows.insidePort[at],
    server: view.addresses.addressOf(flows.server[at] as number),
    server_port: flows.serverPort[at],
    up: flows.isUp[at] === 1,
    start: flows.startMs[at],
    end: flows.endMs[at],
  }));
  expect(seen).toEqual(expected);
}

test('the columns say of every flow what the SQL says', async () => {
  await fc.assert(fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 300 }), compare), { numRuns: 10 });
});
