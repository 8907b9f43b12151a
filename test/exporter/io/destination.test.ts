import { expect, test } from 'vitest';
import { formatDestination, parseDestination } from '../../../exporter/io/destination.ts';

test.each([
  ['127.0.0.1:4739', 'udp://127.0.0.1:4739'],
  ['udp://collector:4739', 'udp://collector:4739'],
  ['tcp://[::1]:4739', 'tcp://[::1]:4739'],
  ['tls://collector:4740', 'tls://collector:4740'],
  ['file:runs/a day.ipfix', 'runs/a day.ipfix'],
])('%s is %s', (text, shown) => {
  const destination = parseDestination(text);
  expect(destination && formatDestination(destination)).toBe(shown);
});

test.each(['', 'file:', 'http://collector:80', 'collector', 'tcp://collector', 'tls://collector:99999', '::1:4739'])(
  '"%s" is none',
  (text) => expect(parseDestination(text)).toBeUndefined(),
);
