import { describe, expect, it, test } from 'vitest';
import { Catalogue, OTHER } from '../../../../collector/query/catalogue.ts';
import { nameActivity } from '../../../../collector/query/activities/name-activity.ts';
import type { Session } from '../../../../collector/query/activities/sessions.ts';

const catalogue = new Catalogue(new Map(), new Map());
const MINUTE = 60_000;

/** Half an hour of a film. */
const session = (changes: Partial<Session> = {}, application = 'youtube'): Session => ({
  holder: { id: 'John', name: 'John', department: '', addresses: ['10.0.0.11'] },
  application: catalogue.byName(application),
  role: 'other',
  reason: 'exported',
  startMs: 0,
  endMs: 30 * MINUTE,
  upOctets: 6_000_000,
  downOctets: 494_000_000,
  upPackets: 100_000,
  downPackets: 350_000,
  flows: 60,
  connections: 3,
  udpOctets: 500_000_000,
  steadiness: 0.98,
  servers: [{ address: '198.51.100.7', name: 'r1.googlevideo.com', port: 443, protocol: 17, octets: 500_000_000 }],
  firstFlow: 17,
  ...changes,
});
const unknown = (changes: Partial<Session>): Session =>
  session(
    { reason: 'none', servers: [{ address: '192.0.2.1', name: undefined, port: 9_999, protocol: 17, octets: 1 }], ...changes },
    OTHER.name,
  );

describe('what is known of the server and how it looks', () => {
  it('agree: it is surer than either, and says both', () => {
    const { id, label, category, confidence, why } = nameActivity(session());
    expect({ id, label, category, confidence }).toEqual({
      id: '17-other',
      label: 'watched YouTube',
      category: 'streaming',
      confidence: 0.97,
    });
    expect(why).toEqual([
      'The exporter called it youtube.',
      'It came for 30 min with traffic in 98 % of the time, at 2.2 Mbit/s on average and 82 times as much down as up: a stream has 120 s, 60 % and 10 times at least.',
    ]);
  });

  it('do not agree: it is less sure, and says so', () => {
    const { category, confidence, why } = nameActivity(session({ steadiness: 0.1 }));
    expect(category).toBe('streaming');
    expect(confidence).toBe(0.72);
    expect(why[1]).toMatch(/in 10 % of the time.*This is not so here, which makes it less sure\.$/);
  });

  it.each(['exported', 'name', 'prefix', 'port', 'none'] as const)('is the surer the better the clue: %s', (reason) => {
    const order = ['none', 'port', 'prefix', 'name', 'exported'] as const;
    const better = order[order.indexOf(reason) + 1];
    if (better === undefined) return;
    expect(nameActivity(session({ reason }, 'netflix')).confidence).toBeLessThan(
      nameActivity(session({ reason: better }, 'netflix')).confidence,
    );
  });
});

describe('by its form alone', () => {
  it('a steady flood from one side is a stream', () => {
    const { category, label, confidence } = nameActivity(unknown({}));
    expect({ category, label, confidence }).toEqual({ category: 'streaming', label: 'watched 192.0.2.1', confidence: 0.73 });
  });

  it('small packets both ways over UDP are a call', () => {
    const call = unknown({ upOctets: 40e6, downOctets: 45e6, udpOctets: 85e6, upPackets: 90_000, downPackets: 95_000 });
    expect(nameActivity(call)).toMatchObject({ category: 'meetings', label: 'met on 192.0.2.1' });
  });

  it.each([
    ['too short', { endMs: 50_000 }],
    ['with long pauses', { steadiness: 0.3 }],
    ['both ways over TCP', { upOctets: 400e6, udpOctets: 0 }],
    ['hardly anything', { upOctets: 900, downOctets: 90_000 }],
  ])('what is %s is neither', (_, changes) => {
    expect(nameActivity(unknown(changes)).category).toBe('other');
  });

  it('what the exporter named keeps its name', () => {
    expect(nameActivity(session({ reason: 'exported' }, 'web')).category).toBe('web');
  });
});

test('files are called by their direction', () => {
  const up = session({ role: 'upload', upOctets: 300e6, downOctets: 5e6, connections: 1, endMs: 2 * MINUTE }, 'dropbox');
  expect(nameActivity(up)).toMatchObject({ category: 'uploads', label: 'uploaded to Dropbox' });
  expect(nameActivity(up).why[1]).toBe(
    '300 MB went up over one connection in 2 min, 60 times as much up as down: a transfer has 5.0 MB and 8 times at least.',
  );
  const down = session({ role: 'download', upOctets: 1e6, downOctets: 2e9, connections: 4, reason: 'port' }, 'web');
  expect(nameActivity(down)).toMatchObject({ category: 'downloads', label: 'downloaded from r1.googlevideo.com' });
});

test('a folder that is kept in step is no download', () => {
  expect(nameActivity(session({ downOctets: 9_000, upOctets: 8_000 }, 'dropbox'))).toMatchObject({
    category: 'cloud',
    label: 'synchronised Dropbox',
  });
});

test('ten mails are ten mails', () => {
  expect(nameActivity(session({ connections: 10 }, 'smtp-submission'))).toMatchObject({
    category: 'mail',
    label: 'sent 10 e-mails',
  });
});
