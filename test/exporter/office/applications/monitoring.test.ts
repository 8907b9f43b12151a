import { expect, test } from 'vitest';
import { openOffice, trainsOf } from '../run-office.ts';

test('a round of monitoring that takes longer than the time between two puts off the next', () => {
  // 100 hosts of 6 ports, 20 ms each: a round takes 12 s.
  const watch = { do: 'monitor', at: '09:00', minutes: 1, network: '198.18.220.0/24', hosts: 100, everyS: 10 };
  const monitoring = { name: 'monitoring', ip: '10.0.8.30', activities: [watch] };
  const trains = trainsOf(openOffice({ office: { employees: 0, devices: [monitoring] }, hours: 2 }));
  const starts = trains.map(({ startNs }) => startNs);
  expect(starts).toEqual([...starts].sort((one, other) => one - other));
  const asked = trains.filter(({ connection, tcpFlagsFirst }) => connection.serverPort === 22 && tcpFlagsFirst === 0x02);
  expect(asked.length).toBe(5 * 100);
});
