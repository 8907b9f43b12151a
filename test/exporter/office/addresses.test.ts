import { expect, test } from 'vitest';
import { formatIPv4, prefixHas, type IPv4Prefix } from '../../../core/net/address.ts';
import { SERVICES } from '../../../exporter/office/internet/catalogue.ts';
import { openOffice, trainsOf } from './run-office.ts';

const prefix = (address: number, length: number): IPv4Prefix => ({ address, length });

test('whatever the office does, it goes to addresses of the catalogue and of what the script names', () => {
  const activities = [
    { do: 'monitor', at: '08:10', minutes: 10, network: '198.18.220.0/29', hosts: 6 },
    { do: 'automate', at: '08:10', minutes: 10, network: '198.18.221.0/30', hosts: 2, connections: 9 },
    { do: 'hostScan', at: '08:20', network: '198.18.222.0/28' },
    { do: 'share', at: '08:10', minutes: 10, megabytes: 40 },
    { do: 'browseCdn', at: '08:10', minutes: 5 },
    { do: 'uploadTalk', at: '08:10', megabytes: 2 },
    { do: 'backUp', at: '08:10', megabytes: 2 },
  ];
  const known = [
    ...SERVICES.map((service) => service.prefix),
    // Routers on the way.
    prefix(0xc6122800, 24),
    prefix(0xc612dc00, 29),
    prefix(0xc612dd00, 30),
    prefix(0xc612de00, 28),
  ];
  const devices = ['camera', 'printer', 'server', 'desk phone'].map((kind, index) => ({
    name: kind,
    kind,
    ip: `10.0.9.${index + 9}`,
  }));
  const office = openOffice({ hours: 10, office: { employees: 12, guests: 3, devices }, people: [{ name: 'Kim', activities }] });
  const strange = new Set<string>();
  for (const { connection } of trainsOf(office)) {
    const at = known.findLast((each) => prefixHas(each, connection.serverAddress));
    const host = connection.serverAddress - (at?.address ?? 0);
    if (at === undefined || host === 0 || host === 2 ** (32 - at.length) - 1) strange.add(formatIPv4(connection.serverAddress));
  }
  expect([...strange]).toEqual([]);
});
