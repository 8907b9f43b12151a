import { describe, expect, test } from 'vitest';
import { renderDamagePage } from '../../../lab/report/page/damage-page.ts';
import { renderReport } from '../../../lab/report/terminal.ts';
import { sampleReport, sampleVariant, SAMPLE_DAMAGE } from './sample-report.ts';

const VARIANTS = [
  sampleVariant('without-ntp', { damage: { ...SAMPLE_DAMAGE, asItWas: SAMPLE_DAMAGE.withoutNtp } }),
  sampleVariant('with-ntp'),
];

/** Names of the tags that are open at the end; an unexpected closing tag is thrown. */
function openTags(page: string): string[] {
  const open: string[] = [];
  for (const [, closing, name = '', itself] of page.matchAll(/<(\/?)([a-z][a-z0-9]*)[^>]*?(\/?)>/g)) {
    if (itself === '/' || name === 'meta') continue;
    if (closing === '') open.push(name);
    else if (open.pop() !== name) throw new Error(`</${name}> closes nothing`);
  }
  return open;
}

describe('damage.html', () => {
  test('has what was told as it was beside what it would have been, as numbers and as bars', () => {
    const page = renderDamagePage(sampleReport());
    expect(page).toContain('<th scope="col">without NTP</th><th scope="col">as it was</th><th scope="col">corrected</th>');
    expect(page).toMatch(/billed in a wrong hour<\/th>\s*<td class="some">42\.0 MB<\/td>\s*<td class="none">0 B<\/td>/);
    expect(page).toMatch(/NetFlow v9<small>uptimes, by a header of whole seconds: RFC 3954 section 5\.1<\/small>/);
    expect(page.match(/<svg /g)).toHaveLength(2);
    // 512.00 of 512.49 MB.
    expect(page).toContain('99.9 %');
  });

  test('has a column for each variant, and the encodings of each', () => {
    const page = renderDamagePage(sampleReport({ variants: VARIANTS }));
    expect(page).toContain('<th scope="col">without-ntp</th><th scope="col">with-ntp</th>');
    expect(page).toContain('By how the export tells times, without-ntp');
    expect(page).toContain('By how the export tells times, with-ntp');
  });

  test('is whole: every tag is closed, nothing is loaded and nothing runs', () => {
    const page = renderDamagePage(sampleReport({ variants: VARIANTS }));
    expect(openTags(page)).toEqual([]);
    expect(page).not.toMatch(/<script|<link|<img|\ssrc=|href=|url\(|@import|\son[a-z]+=/i);
    expect(page).toContain('prefers-color-scheme: dark');
  });

  test('escapes what a scenario calls itself', () => {
    const evil = '</title><script>alert("x")</script>&\'';
    const page = renderDamagePage(
      sampleReport({ title: evil, scenario: evil, variants: [sampleVariant(evil, {}), sampleVariant('b')] }),
    );
    expect(page).not.toContain('<script');
    expect(page).toContain('&lt;/title&gt;&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&amp;&#39;');
    expect(openTags(page)).toEqual([]);
  });

  test('of a run without flows has no share of anything', () => {
    const damage = { ...SAMPLE_DAMAGE, flows: 0, octets: 0, byEncoding: [] };
    expect(renderDamagePage(sampleReport({ damage }))).not.toMatch(/NaN|Infinity|undefined/);
  });
});

describe('the section of the terminal report', () => {
  const section = (report: Parameters<typeof renderReport>[0]): string =>
    /Damage by wrong times\n([\s\S]*?)\n\n/.exec(renderReport(report, { colour: false, width: 100 }))?.[1] ?? '';

  test('stands the tellings side by side and leaves out what nowhere occurs', () => {
    const text = section(sampleReport());
    expect(text).toMatch(/^\s+without NTP\s+as it was\s+corrected$/m);
    expect(text).toMatch(/in a wrong 5-minute bucket\s+512 MB\s+1\.1 kB\s+1\.0 kB/);
    expect(text).not.toContain('end before they begin');
  });

  test('stands the variants side by side', () => {
    const text = section(sampleReport({ variants: VARIANTS }));
    expect(text).toMatch(/^\s+without-ntp\s+with-ntp$/m);
    expect(text).toMatch(/blamed on somebody else\s+3\.0 MB\s+0 B/);
  });

  test('says so when there is none', () => {
    const right = { ...SAMPLE_DAMAGE.asItWas, maxErrorMs: 0, wrongBucketOctets: 0 };
    const damage = { ...SAMPLE_DAMAGE, withoutNtp: right, asItWas: right, corrected: right };
    expect(section(sampleReport({ damage }))).toBe('  None: every flow is told when it was.');
  });
});
