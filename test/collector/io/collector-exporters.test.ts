import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { overviewView } from '../../../collector/api/view/overview-view.ts';
import { viewRequestOf } from '../../../collector/api/view/view-request.ts';
import { exporterChoices, exporterOf, storedExporters } from '../../../collector/io/page/collector-exporters.ts';
import { exactNumber } from '../../../core/net/stored-address.ts';
import type { Exporter } from '../../../collector/store/flow-store.ts';
import { ip, NINE, storeOf, type HandMadeFlow } from '../support/flows.ts';

const nobody = (): undefined => undefined;
const anyExporter: fc.Arbitrary<Exporter> = fc.record({
  address: fc.oneof(
    fc.integer({ min: 1, max: 2 ** 32 - 1 }),
    fc.bigInt({ min: 2n ** 32n, max: 2n ** 128n - 1n }).map(exactNumber),
  ),
  observationDomainId: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
});

/** JSON has no bigint. */
const textOf = (exporter: Exporter | undefined): string => `${exporter?.address} ${exporter?.observationDomainId}`;

describe('the routers of a collector', () => {
  it('are all of them and each once, and the choice is the exporter', () => {
    fc.assert(
      fc.property(fc.uniqueArray(anyExporter, { minLength: 2, selector: textOf }), (exporters) => {
        const [all, ...each] = exporterChoices([...exporters, ...exporters], nobody);
        expect(exporterOf(all?.id)).toBeUndefined();
        const chosen = each.map(({ id }) => textOf(exporterOf(id)));
        expect(chosen.toSorted()).toEqual(exporters.map(textOf).toSorted());
        expect(new Set(each.map(({ name }) => name)).size).toBe(each.length);
      }),
    );
  });

  it('are called by the names their addresses have, and by their domains where an address has several', () => {
    const [one, other] = [ip('192.0.2.1'), ip('192.0.2.2')];
    const exporters = [
      { address: one, observationDomainId: 1 },
      { address: one, observationDomainId: 2 },
      { address: other, observationDomainId: 1 },
    ];
    const choices = exporterChoices(exporters, (address) => (address === one ? 'gate' : undefined));
    expect(choices.map(({ name }) => name)).toEqual([
      'all routers',
      '192.0.2.2',
      'gate (192.0.2.1), domain 1',
      'gate (192.0.2.1), domain 2',
    ]);
  });

  it('are nothing to choose from where there is one, or none that can be asked about', () => {
    expect(exporterChoices([{ address: 1, observationDomainId: 1 }], nobody)).toEqual([]);
    expect(exporterChoices([{ address: 0, observationDomainId: 1 }, { address: 1, observationDomainId: 1 }], nobody)).toEqual([]); // prettier-ignore
  });

  test.each([
    '',
    'gate',
    '192.0.2.1',
    '0.0.0.0 domain 1',
    '::1 domain 1',
    '2001:db8::1',
    '2001:db8::g domain 1',
    '192.0.2.1 domain',
    '192.0.2.1 domain 4294967296',
    '1.2.3.4.5 domain 1',
  ])('"%s" is none of them, told in a sentence', (id) => {
    expect(() => exporterOf(id)).toThrow(
      `exporter is "${id}": it must be such as "192.0.2.1 domain 0" or "2001:db8::1 domain 0", or "all"`,
    );
  });

  it('are found in what is stored, and each has its own flows', async () => {
    const flow: HandMadeFlow = { direction: 'up', inside: '10.0.0.11', server: '198.18.1.7', serverPort: 443, octets: 100, startS: 0, endS: 5 }; // prettier-ignore
    const store = await storeOf([
      { ...flow, exporter: '192.0.2.1', observationDomainId: 1 },
      { ...flow, exporter: '192.0.2.1', observationDomainId: 2, octets: 20 },
      { ...flow, exporter: '192.0.2.2', observationDomainId: 1, octets: 3 },
      { ...flow, exporter: '192.0.2.2', observationDomainId: 1, octets: 4 },
      { ...flow, exporter: '2001:db8::1', observationDomainId: 1, octets: 5_000 },
      { ...flow, exporter: '2001:db8::1', observationDomainId: 2, octets: 60_000 },
      // Beyond 2^127; and one that has no number to be asked for by.
      { ...flow, exporter: 'fe80::1', observationDomainId: 1, octets: 700_000 },
      { ...flow, exporter: '::1', observationDomainId: 1, octets: 8_000_000 },
    ]);
    const choices = exporterChoices(await storedExporters(store), nobody);
    const octets = choices.map(async ({ id }) => {
      const exporter = exporterOf(id);
      const context = {
        inside: [{ first: ip('10.0.0.0'), last: ip('10.0.255.255') }],
        inventory: [],
        applications: [],
        names: new Map(),
      };
      const request = viewRequestOf(new Map(), NINE);
      const { line } = await overviewView(store, exporter === undefined ? context : { ...context, exporter }, request);
      return line.upOctets.value;
    });
    expect(await Promise.all(octets)).toEqual([8_765_127, 100, 20, 7, 5_000, 60_000, 700_000]);
    store.close();
  });
});
