#!/usr/bin/env node
// Answers at once what needs no TypeScript, and says that a run has begun before the heavy parts are loaded.
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const fileOfPackage = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));

const RUN_OPTIONS_WITH_VALUE = new Set([
  '--seed',
  '--speed',
  '--duration',
  '--set',
  '--out',
  '--packets',
  '--packets-at',
  '--port',
]);

/** What is said before anything heavy is loaded: that a run starts, or that a scenario nobody has tried yet is read. Nothing when the run is silent or a call for help. */
function announcement([command, ...rest]) {
  if (command !== 'run' || rest.some((argument) => ['--quiet', '--help', '-h'].includes(argument))) return undefined;
  const scenario = rest.find((argument, index) => !argument.startsWith('-') && !RUN_OPTIONS_WITH_VALUE.has(rest[index - 1]));
  if (scenario === undefined) return undefined;
  const isShipped = existsSync(fileOfPackage(`scenarios/${scenario}.yaml`));
  if (!isShipped && !existsSync(scenario)) return undefined;
  return `${scenario}: ${isShipped && !rest.includes('--set') ? 'starting' : 'reading'}`;
}

const args = process.argv.slice(2);
if (args.length === 0 || (args.length === 1 && ['help', '--help', '-h'].includes(args[0]))) {
  process.stdout.write(readFileSync(fileOfPackage('bin/help.txt'), 'utf8'));
} else if (args.length === 1 && ['--version', '-V'].includes(args[0])) {
  process.stdout.write(`${JSON.parse(readFileSync(fileOfPackage('package.json'), 'utf8')).version}\n`);
} else {
  const announced = announcement(args);
  if (announced !== undefined) process.stderr.write(`${announced}\n`);
  const { load } = await import('./load.mjs');
  const { main } = await load('lab');
  await main(args);
}
