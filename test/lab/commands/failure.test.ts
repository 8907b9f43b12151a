import { expect, test } from 'vitest';
import { ConfigError } from '../../../runtime/config/config-error.ts';
import { describeFailure, UsageError } from '../../../lab/commands/failure.ts';

test('a wrong argument is one sentence and exit code 2', () => {
  expect(describeFailure(new UsageError('no scenario "offce-50"'))).toEqual({
    exitCode: 2,
    message: 'flowlab: no scenario "offce-50"',
  });
});

test('an invalid scenario has a sentence for each mistake', () => {
  expect(describeFailure(new ConfigError(['a.yaml:1:1 x', 'a.yaml:2:1 y']))).toEqual({
    exitCode: 2,
    message: 'a.yaml:1:1 x\na.yaml:2:1 y',
  });
});

test("a system's error needs no stack", () => {
  const error = Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
  expect(describeFailure(error)).toEqual({ exitCode: 4, message: 'flowlab: the run failed: ENOSPC: no space left on device' });
});

test('an unexpected error says where it came from', () => {
  const { exitCode, message } = describeFailure(new TypeError('boom'));
  expect(exitCode).toBe(4);
  expect(message).toContain('TypeError: boom');
  expect(message).toContain('failure.test.ts');
});

test('something else thrown is still told', () => {
  expect(describeFailure('odd')).toEqual({ exitCode: 4, message: 'flowlab: the run failed: odd' });
});
