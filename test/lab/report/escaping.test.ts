import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { escapeData, escapeProperty, renderAnnotations } from '../../../lab/report/github-annotations.ts';
import { escapeXml, renderJUnit } from '../../../lab/report/junit.ts';
import { FAILED_CHECK, HOLDING_CHECK, sampleReport } from './sample-report.ts';

const anyText = fc.string({ unit: 'binary', minLength: 1 });

/** What XML 1.0 section 2.2 allows, told apart code point by code point. */
const isXmlCharacter = (codePoint: number): boolean =>
  codePoint === 0x9 ||
  codePoint === 0xa ||
  codePoint === 0xd ||
  (codePoint >= 0x20 && codePoint <= 0xd7ff) ||
  (codePoint >= 0xe000 && codePoint <= 0xfffd) ||
  codePoint >= 0x10000;

const xmlCharacters = (text: string): string =>
  [...text].filter((character) => isXmlCharacter(character.codePointAt(0) as number)).join('');

const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** What an XML parser makes of escaped text. */
const unescapeXml = (text: string): string =>
  text.replace(/&(?:#(\d+)|(\w+));/g, (_, code: string | undefined, name: string) =>
    code === undefined ? (NAMED[name] as string) : String.fromCodePoint(Number(code)),
  );

describe('JUnit', () => {
  test('a skipped check is a skipped case', () => {
    const xml = renderJUnit(sampleReport({ checks: [HOLDING_CHECK, { ...HOLDING_CHECK, skipped: true }] }));
    expect(xml).toContain('skipped="1"');
    expect(xml.match(/<skipped\/>/g)).toHaveLength(1);
  });

  test('escaped text reads back as it was, but for what XML cannot hold', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          anyText,
          fc.string({ unit: fc.constantFrom('<', '&', '"', "'", '\n', '\r', '\t', '\u0000', '\ud800', '\ufffe') }),
        ),
        (text) => {
          expect(escapeXml(text)).not.toMatch(/[<>"'\n\r\t]/);
          expect(unescapeXml(escapeXml(text))).toBe(xmlCharacters(text));
        },
      ),
    );
  });

  test('whatever the names are, the elements are those of the checks', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(anyText, anyText, fc.boolean())), anyText, (checks, title) => {
        const report = sampleReport({
          title,
          checks: checks.map(([name, limit, passed]) => ({ ...FAILED_CHECK, name, limit, passed, variant: name })),
        });
        const xml = renderJUnit(report);
        const failures = checks.filter(([, , passed]) => !passed).length;
        expect(xml.match(/<testcase /g)?.length ?? 0).toBe(checks.length);
        expect(xml.match(/<failure /g)?.length ?? 0).toBe(failures);
        expect(xml).toContain(`tests="${checks.length}" failures="${failures}" errors="0" time="0"`);
      }),
    );
  });

  test('a failed check tells its value, its limit and where it is written', () => {
    expect(renderJUnit(sampleReport({ verdict: 'fail', checks: [HOLDING_CHECK, FAILED_CHECK] })))
      .toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="flowlab" tests="2" failures="1" errors="0" time="0">
  <testsuite name="office-50" tests="2" failures="1" errors="0" time="0" skipped="0">
    <properties>
      <property name="title" value="A working day of fifty people behind one address"/>
      <property name="seed" value="1"/>
      <property name="start" value="2026-03-02T08:00:00Z"/>
      <property name="simulatedS" value="36000"/>
    </properties>
    <testcase name="every octet belongs to somebody" classname="flowlab.office-50" time="0"/>
    <testcase name="the loss count is the truth" classname="flowlab.office-50" time="0">
      <failure message="lossError is 1,234, limit &lt;= 5" type="check">scenarios/office-50.yaml:15:5&#10;seed 1</failure>
    </testcase>
  </testsuite>
</testsuites>
`);
  });
});

describe('GitHub annotations', () => {
  const decode = (text: string): string =>
    text.replaceAll('%2C', ',').replaceAll('%3A', ':').replaceAll('%0A', '\n').replaceAll('%0D', '\r').replaceAll('%25', '%');

  test('escaped text reads back as it was', () => {
    fc.assert(
      fc.property(fc.oneof(anyText, fc.string({ unit: fc.constantFrom('%', ':', ',', '\n', '\r', '2', '5', 'A') })), (text) => {
        expect(escapeProperty(text)).not.toMatch(/[\r\n:,]/);
        expect(escapeData(text)).not.toMatch(/[\r\n]/);
        expect(decode(escapeProperty(text))).toBe(text);
        expect(decode(escapeData(text))).toBe(text);
      }),
    );
  });

  test('each failed check is one line, whatever its name', () => {
    fc.assert(
      fc.property(fc.array(anyText, { minLength: 1 }), (names) => {
        const report = sampleReport({ checks: [HOLDING_CHECK, ...names.map((name) => ({ ...FAILED_CHECK, name }))] });
        const lines = renderAnnotations(report).trimEnd().split('\n');
        expect(lines).toHaveLength(names.length);
        for (const line of lines)
          expect(line).toMatch(/^::error file=scenarios\/office-50\.yaml,line=15,col=5,title=[^:,]+::lossError is 1,234/);
      }),
    );
  });

  test('a scenario given as an object has no place to point at', () => {
    const check = { ...FAILED_CHECK, file: null, line: null, column: null, variant: 'with-ntp' };
    expect(renderAnnotations(sampleReport({ checks: [check] }))).toBe(
      '::error title=office-50%3A the loss count is the truth::lossError in with-ntp is 1,234, limit <= 5 (seed 1)\n',
    );
  });

  test('nothing is said when all checks hold', () => {
    expect(renderAnnotations(sampleReport())).toBe('');
  });
});
