import { describe, expect, test } from 'vitest';
import type { Report } from '../../../lab/report/report.ts';
import { renderReport, renderVerdict } from '../../../lab/report/terminal.ts';
import { FAILED_CHECK, HOLDING_CHECK, sampleReport, sampleVariant } from './sample-report.ts';

const PLAIN = { colour: false, width: 90 };

const PORT_SCAN = {
  id: 'port-scan-1',
  target: '198.18.3.4',
  exporter: '192.0.2.1',
  observationDomainId: 0,
  innocent: [],
  next: [],
  confidence: 0.9,
  raisedAtMs: 2,
  trueRaisedAtMs: 2,
  truth: 'hit' as const,
  kind: 'port-scan' as const,
  who: '10.0.0.77',
  address: '10.0.0.77',
  sentence: '10.0.0.77 tried 1,000 ports of 198.18.3.4 within 20 s.',
  evidence: ['1,000 flows of one packet each', 'ports 1 to 1000, in order'],
  firstSeenMs: 0,
  lastSeenMs: 20_000,
};

test('a small report, read from the top', () => {
  expect(renderReport(sampleReport(), PLAIN)).toBe(`office-50: A working day of fifty people behind one address
seed 1, 10 h from 2026-03-02 08:00 UTC

Who used the most
                        down        up    share
   1   John Miller    500 MB   12.0 MB   99.9 %
       John watched YouTube for 30 min and used 500 MB.
   2   Sarah Ng      90.0 kB    400 kB    0.1 %
       Sarah sent 10 e-mails and used 0.4 MB.
       ! collected 490 kB, in truth 491 kB

Streaming, downloads and the rest
  streaming   512 MB   99.9 %   ████████████████████████
  mail        490 kB    0.1 %                              ! collected 490 kB, in truth 491 kB

Unusual
  Nothing unusual was seen.

Clocks
  router     5 min fast before synchronisation, 400 µs fast (in truth 300 µs fast) after;
             never really more than 2.1 ms off once settled.
  collector  12 ms slow before synchronisation, exact after; never really more than 900 µs
             off once settled.
  Without NTP 512 MB would have landed in a wrong 5-minute bucket, with it 1.2 kB (in
  truth 1.1 kB) did.
  By export and receive times the collector puts the router 500 µs ahead of itself.

Records
              records   messages   packets   octets
  exported      1,234         56   123,456   512 MB
  collected     1,230         55   123,450   512 MB
  4 records lost by the sequence numbers, in truth 4 records in 1 message; 0 messages
  received twice, 2 out of order.
  What is stored differs from what happened:
    MISSING 1
      - 600 octets of Sarah Ng to 198.18.5.1 are not there (records 7, 8)
  Asked 200 times who had used a public endpoint, Flow Records named the right one 199,
  somebody else 0 and nobody 1 time; no NAT events came.
  Of 40 activities of people the collector named 38 as they were, 2 not so, and 1 that
  were none.

Damage by wrong times
                               without NTP   as it was   corrected
  largest error of a time            5 min        1 ms      400 µs
  in a wrong 5-minute bucket        512 MB      1.1 kB      1.0 kB
  billed in a wrong hour           42.0 MB         0 B         0 B
  blamed on somebody else           3.0 MB         0 B         0 B
  flows from the future              1,230           0           0
  alarms at a quiet time                 2           0           0
  --out writes report.html: the same by 1 way an export can tell times.

Checks
  ✓ pass  every octet belongs to somebody: misattributed is 0, limit = 0

PASS  The one check holds. For another day: npm run scenario office-50 -- --seed 2
`);
});

describe('the parts', () => {
  test('something unusual brings its evidence', () => {
    expect(renderReport(sampleReport({ unusual: [PORT_SCAN] }), PLAIN)).toContain(
      'Unusual\n  ! 10.0.0.77 tried 1,000 ports of 198.18.3.4 within 20 s.\n    - 1,000 flows of one packet each\n    - ports 1 to 1000, in order\n',
    );
  });

  test('variants stand side by side', () => {
    const skewed = sampleReport().clocks;
    const variants = [
      sampleVariant('without-ntp', { clocks: { ...skewed, router: { ...skewed.router, trueErrorAfterMs: 300_000 } } }),
      sampleVariant('with-ntp'),
    ];
    const text = renderReport(sampleReport({ variants }), PLAIN);
    expect(text).toContain('  router clock at the end: without-ntp: 5 min fast / with-ntp: 300 µs fast\n');
    expect(text).toContain('2 variants; the figures up to Records are those of the last, with-ntp');
  });

  test('a clock that nobody keeps shows its truth', () => {
    const clocks = sampleReport().clocks;
    const router = {
      ...clocks.router,
      synchronised: false,
      errorBeforeMs: null,
      errorAfterMs: null,
      trueErrorAfterMs: -7_200_000,
    };
    const text = renderReport(sampleReport({ clocks: { ...clocks, router } }), { colour: false, width: 200 });
    expect(text).toContain(
      'not synchronised, so nobody measured it; in truth 5 min fast at the start, 2 h slow at the end, up to 2.1 ms off.',
    );
    expect(text).toContain('with the clocks as they were 1.2 kB');
  });

  test('records that nobody accounts for stand out', () => {
    const lost = { ...sampleReport().lost, unaccountedRecords: 3 };
    expect(renderReport(sampleReport({ lost }), PLAIN)).toContain('! 3 records neither collected nor counted as lost.');
  });

  test('who was named for public endpoints stands out when it was somebody else', () => {
    const tally = { right: 190, wrong: 4, unanswered: 6 };
    const text = (attribution: Partial<Report['attribution']>): string =>
      renderReport(sampleReport({ attribution: { ...sampleReport().attribution, ...attribution } }), {
        colour: false,
        width: 250,
      });
    expect(text({ fromEvents: tally })).toContain(
      '  ! Asked 200 times who had used a public endpoint, Flow Records named the right one 199, somebody else 0 and nobody 1 time; NAT events named the right one 190, somebody else 4 and nobody 6 times.',
    );
    expect(text({ asked: 0 })).not.toContain('public endpoint');
  });

  test('only the first ten people are named', () => {
    const [john] = sampleReport().people;
    const people = Array.from({ length: 12 }, (_, index) => ({ ...john!, name: `Person ${index + 1}` }));
    const text = renderReport(sampleReport({ people }), PLAIN);
    expect(text).toContain('Person 10');
    expect(text).not.toContain('Person 11');
    expect(text).toContain('2 more people used 1.0 GB together.');
  });

  test('a difference too small for the rounded figures is named by itself', () => {
    const [john] = sampleReport().people;
    expect(renderReport(sampleReport({ people: [{ ...john!, trueOctets: john!.octets + 40 }] }), PLAIN)).toContain(
      '! collected 40 B less than in truth',
    );
  });

  test('a check the run was too short for is skipped and said to be', () => {
    const skipped = { ...HOLDING_CHECK, name: 'the scan was noticed', skipped: true };
    const text = renderReport(sampleReport({ checks: [HOLDING_CHECK, skipped] }), PLAIN);
    expect(text).toContain('- skip  the scan was noticed: the run ended too early for it');
    expect(text).toContain('PASS  The one check holds, 1 skipped: the run was too short for them.');
  });

  test('further exports stand beside the one that was collected', () => {
    const text = renderReport(
      sampleReport({ exports: [{ name: 'v9', messages: 7, records: 8, packets: 9, octets: 10 }] }),
      PLAIN,
    );
    expect(text).toMatch(/also, as v9 +8 +7 +9 +10 B/);
  });

  test('an empty day is a report too', () => {
    const nothing = { messages: 0, records: 0, packets: 0, octets: 0 };
    const clocks = { ...sampleReport().clocks, estimatedSkewMs: null };
    const report = sampleReport({
      exported: nothing,
      collected: nothing,
      ipv6Octets: 0,
      people: [],
      categories: [],
      checks: [],
      clocks,
    });
    const lines = renderReport(report, PLAIN).trimEnd().split('\n');
    expect(lines.at(-1)).toMatch(/^NOTHING TO JUDGE {2}No record was exported\./);
  });
});

describe('the paper', () => {
  const failing = sampleReport({ verdict: 'fail', checks: [HOLDING_CHECK, FAILED_CHECK], unusual: [PORT_SCAN] });

  test('colour adds escape sequences and changes nothing else', () => {
    const coloured = renderReport(failing, { colour: true, width: 90 });

    expect(coloured.replace(/\u001b\[\d+m/g, '')).toBe(renderReport(failing, PLAIN));
    expect(coloured).toContain('\u001b[31m');
  });

  test('a name cannot reach the terminal with control characters', () => {
    const [john] = sampleReport().people;
    const report = sampleReport({ title: 'a\u001b[2Jb\nc', people: [{ ...john!, name: 'Eve\u001b[31m', sentence: 'x\u0007y' }] });
    expect(renderReport(report, PLAIN)).not.toMatch(/[^\P{Cc}\n]/u);
  });

  test('the verdict alone is the last line of the report', () => {
    expect(renderVerdict(failing, PLAIN)).toBe(`${renderReport(failing, PLAIN).trimEnd().split('\n').at(-1)}\n`);
    expect(renderVerdict(failing, PLAIN)).toBe(
      'FAIL  1 of 2 checks does not hold. To keep the records: npm run scenario office-50 -- --seed 1 --out runs/office-50\n',
    );
  });

  test('a scenario of the reader is named by its path in what to type next', () => {
    const report = sampleReport({ scenario: 'mine', checks: [{ ...HOLDING_CHECK, file: 'tests/mine.yaml' }] });
    expect(renderVerdict(report, PLAIN)).toMatch(/npm run scenario tests\/mine\.yaml -- --seed 2\n$/);
  });
});
