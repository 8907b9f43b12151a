import { expect, it } from 'vitest';
import { listenSchema } from '../../../collector/listening/config.ts';

const withName = (name: string): boolean =>
  listenSchema.safeParse([{ at: 'tls://127.0.0.1:0', certificate: 'c.pem', key: 'k.pem', names: [name] }]).success;

it.each(['exporter', 'router-1.example.com', 'Exporter.EXAMPLE', '192.0.2.1', '2001:db8::1', '::1'])(
  'a peer can have the name %s',
  (name) => expect(withName(name)).toBe(true),
);

it.each(['', '.example.com', 'a..b', 'fe80::1%eth0', 'a\0b', 'exporter,other'])('no peer has the name %j', (name) =>
  expect(withName(name)).toBe(false),
);
