import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { ELEMENT_ROWS } from '../../../core/ipfix/registry/information-elements.generated.ts';
import { elementById, elementByName, REVERSE_ENTERPRISE_NUMBER } from '../../../core/ipfix/registry/registry.ts';

const GENERATOR = fileURLToPath(new URL('../../../core/ipfix/registry/generate.mjs', import.meta.url));

test('the generated table is what the data file gives', () => {
  // Throws, with what the script wrote, when it is not.
  execFileSync(process.execPath, [GENERATOR, '--check'], { stdio: 'pipe' });
});

test('every element is found by number, and every IANA element by name', () => {
  expect(ELEMENT_ROWS.length).toBeGreaterThan(1_000);
  for (const [enterpriseNumber, elementId, name, dataType, semantics] of ELEMENT_ROWS) {
    const element = { enterpriseNumber, elementId, name, dataType, semantics };
    expect(elementById(enterpriseNumber, elementId)).toEqual(element);
    if (enterpriseNumber === 0) expect(elementByName(name)).toEqual(element);
    else expect(elementByName(name)).toBeDefined();
  }
});

test('every IANA element has a reverse twin of the same type (RFC 5103 section 6.1)', () => {
  for (const [enterpriseNumber, elementId, name, dataType] of ELEMENT_ROWS) {
    if (enterpriseNumber !== 0) continue;
    const reverse = elementById(REVERSE_ENTERPRISE_NUMBER, elementId);
    expect(reverse).toMatchObject({ enterpriseNumber: REVERSE_ENTERPRISE_NUMBER, elementId, dataType });
    expect(reverse?.name.toLowerCase()).toBe(`reverse${name}`.toLowerCase());
    expect(elementByName(reverse?.name as string)).toEqual(reverse);
  }
  expect(elementByName('reverseOctetDeltaCount')).toMatchObject({ enterpriseNumber: 29_305, elementId: 1 });
});

test('what nobody defined is undefined', () => {
  expect(elementById(0, 0)).toBeUndefined();
  expect(elementById(0, 32_767)).toBeUndefined();
  expect(elementById(32_473, 1)).toBeUndefined();
  expect(elementById(REVERSE_ENTERPRISE_NUMBER, 32_767)).toBeUndefined();
  for (const name of ['', 'reverse', 'reverseReverseOctetDeltaCount', 'reverseoctetDeltaCount', 'toString']) {
    expect(elementByName(name)).toBeUndefined();
  }
});
