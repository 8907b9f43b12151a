import { expect, it } from 'vitest';
import { mayBeAboutNames } from '../../../../collector/query/language/dimensions.ts';

it.each([
  ['top apps by bytes', true],
  ['TOP Category, source by bytes', true],
  ['top server  names by flows', true],
  ['series rate every 5m where not application in ("web")', true],
  ['top people by bytes last 1h', false],
  ['top source by people where server = 198.51.100.9', false],
])('the names that exporters gave are read for a question that may be about them: %s', (text, isAboutNames) => {
  expect(mayBeAboutNames(text)).toBe(isAboutNames);
});
