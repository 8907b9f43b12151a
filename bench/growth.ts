import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { runScenario } from '../lab/run-scenario.ts';

/**
 * How time and memory of office-50 grow with the number of people: `node --import tsx bench/growth.ts 50 500 5000`. Each size
 * runs in a process of its own; what counts is the ratio to the first, taken in one run on one machine.
 */
interface Result {
  readonly employees: number;
  readonly seconds: number;
  readonly megabytes: number;
  readonly records: number;
  readonly octets: number;
  readonly differences: number;
}

async function measure(employees: number): Promise<Result> {
  const startedAt = performance.now();
  const { collected, differences } = await runScenario({ scenario: 'office-50', set: { 'office.employees': employees } });
  return {
    employees,
    seconds: (performance.now() - startedAt) / 1_000,
    megabytes: process.resourceUsage().maxRSS / 1_000,
    records: collected.records,
    octets: collected.octets,
    differences: differences.length,
  };
}

async function inOwnProcess(employees: number): Promise<Result> {
  const child = fork(fileURLToPath(import.meta.url), ['--one', String(employees)]);
  const [result] = (await once(child, 'message')) as [Result];
  return result;
}

const [first, ...rest] = process.argv.slice(2);
if (first === '--one') {
  process.send?.(await measure(Number(rest[0])));
} else {
  let base: Result | undefined;
  for (const employees of [first ?? '50', ...rest].map(Number)) {
    const result = await inOwnProcess(employees);
    base ??= result;
    const ratio = (name: 'seconds' | 'megabytes' | 'records'): string => (result[name] / base![name]).toFixed(1);
    console.log(
      `${employees} people: ${result.seconds.toFixed(1)} s (x${ratio('seconds')}), ${result.megabytes.toFixed(0)} MB (x${ratio('megabytes')}), ` +
        `${result.records} records (x${ratio('records')}), ${result.octets} octets, ${result.differences} differences`,
    );
  }
}
