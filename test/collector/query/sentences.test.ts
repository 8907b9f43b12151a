import { describe, expect, it } from 'vitest';
import { Catalogue } from '../../../collector/query/catalogue.ts';
import { activitySentence, mainActivity } from '../../../collector/query/sentences.ts';
import type { Usage } from '../../../collector/query/usage.ts';
import { wordDuration, wordOctets } from '../../../collector/query/wording.ts';

const catalogue = new Catalogue(new Map(), new Map());

function usage(name: string, octets: number, rest: Partial<Usage> = {}): Usage {
  return {
    inside: 1,
    application: catalogue.byName(name),
    upOctets: 0,
    downOctets: octets,
    octets,
    flows: 2,
    sessions: 1,
    durationS: 1_800,
    connections: 1,
    servers: 1,
    firstMs: 0,
    lastMs: 0,
    ...rest,
  };
}

describe('sentences', () => {
  it.each([
    ['youtube', 500e6, {}, 'watched YouTube for 30 min and used 500 MB'],
    ['spotify', 60e6, { durationS: 5_400 }, 'listened to Spotify for 1 h 30 min and used 60 MB'],
    ['smtp-submission', 400_000, { connections: 10 }, 'sent 10 e-mails and used 0.4 MB'],
    ['smtp-submission', 40_000, {}, 'sent 1 e-mail and used 40 kB'],
    ['imap', 3_200_000, {}, 'read mail (3.2 MB)'],
    ['dropbox', 2e9, {}, 'downloaded 2.0 GB from Dropbox'],
    ['dropbox', 3e8, { upOctets: 2.9e8, downOctets: 1e7 }, 'uploaded 290 MB to Dropbox'],
    ['software-download', 7e8, {}, 'downloaded 700 MB of software'],
    ['zoom', 120e6, { durationS: 2_700 }, 'met on Zoom for 45 min (120 MB)'],
    ['onedrive', 120e6, {}, 'synchronised OneDrive (120 MB)'],
    ['windows-update', 1.2e9, {}, 'updated Windows (1.2 GB)'],
    ['web', 85e6, {}, 'browsed the web (85 MB)'],
    ['web', 1.1e9, { upOctets: 1.08e9, downOctets: 2e7 }, 'uploaded 1.1 GB over the web'],
    ['bittorrent', 85e6, {}, 'shared files over BitTorrent (85 MB)'],
    ['something-else', 5, {}, 'used something-else (5 B)'],
  ] as const)('%s', (name, octets, rest, sentence) => {
    expect(activitySentence(usage(name, octets, rest))).toBe(sentence);
  });

  it('lets what was done on purpose stand for the day before browsing, but not when it is next to nothing', () => {
    const main = (...usages: Usage[]): string | undefined => mainActivity(usages)?.application.name;
    expect(main(usage('web', 300e6), usage('youtube', 200e6))).toBe('youtube');
    expect(main(usage('web', 300e6), usage('youtube', 2e6))).toBe('web');
    expect(main(usage('web', 30e6), usage('smtp-submission', 1e6))).toBe('smtp-submission');
    expect(main(usage('web', 300e6), usage('smtp-submission', 1e6))).toBe('web');
    expect(main(usage('windows-update', 900e6), usage('zoom', 400e6))).toBe('zoom');
    expect(main()).toBeUndefined();
  });

  it('writes amounts as people say them', () => {
    expect([0, 999, 1_000, 99_499, 99_500, 400_000, 9_949_999, 9_950_000, 999_499_999, 999_500_000].map(wordOctets)).toEqual([
      '0 B',
      '999 B',
      '1 kB',
      '99 kB',
      '0.1 MB',
      '0.4 MB',
      '9.9 MB',
      '10 MB',
      '999 MB',
      '1.0 GB', // prettier-ignore
    ]);
    expect([0, 59, 60, 3_569, 3_570, 3_600, 5_400].map(wordDuration)).toEqual([
      '1 s',
      '59 s',
      '1 min',
      '59 min',
      '1 h',
      '1 h',
      '1 h 30 min', // prettier-ignore
    ]);
  });
});
