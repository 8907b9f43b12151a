import { expect, test } from 'vitest';
import { PacketView } from '../../core/net/packet/packet-view.ts';
import { trueNs } from '../../core/time/instant.ts';
import { routerSchema } from '../../exporter/config.ts';
import { SeenPath } from '../../exporter/seen-path.ts';
import { drained, toldIn } from '../support/decoded-messages.ts';

test('where nothing is changed, elements 55 and 98 tell what 5 and 195 do', () => {
  const fields = ['ipClassOfService', 'postIpClassOfService', 'ipDiffServCodePoint', 'postIpDiffServCodePoint'];
  const config = routerSchema.parse({ exporting: { fields, applicationIds: false } });
  const path = new SeenPath(config, { unixMs: 0 });
  const view = Object.assign(new PacketView(), { protocol: 17, octets: 100, classOfService: 0xb9 });
  path.packet(trueNs(0), view);
  path.flush(trueNs(1));
  const told = toldIn(drained(path)).flatMap(({ values }) => (values === undefined ? [] : [values]));
  expect(told).toEqual([[0xb9, 0xb9, 46, 46]]);
});
