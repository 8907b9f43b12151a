import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

/** The gates of `npm run check`, each seen to fail on what it is there for: a copy of the tree with one file spoilt. */
const ROOMS = ['core', 'runtime', 'exporter', 'collector', 'ntp-server', 'lab', 'test'];
const CONFIGS = ['package.json', 'eslint.config.js', '.dependency-cruiser.cjs', 'tsconfig.json', 'tsconfig.pure.json'];
let copy: string;

beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), 'flowlab-gates-'));
  for (const name of [...ROOMS, ...CONFIGS]) cpSync(name, join(copy, name), { recursive: true });
  symlinkSync(resolve('node_modules'), join(copy, 'node_modules'));
});
afterAll(() => rmSync(copy, { recursive: true }));

const run = (program: string, ...args: string[]): { status: number | null; output: string } => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [resolve('node_modules', program), ...args], {
    cwd: copy,
    encoding: 'utf8',
  });
  return { status, output: stdout + stderr };
};

function plant(file: string, text: string): () => void {
  mkdirSync(dirname(join(copy, file)), { recursive: true });
  writeFileSync(join(copy, file), text);
  return () => rmSync(join(copy, file));
}

describe('import rules', () => {
  const cruise = () => run('dependency-cruiser/bin/dependency-cruise.mjs', ...ROOMS.slice(0, -1));

  test('hold for the tree as it is', () => {
    expect(cruise()).toMatchObject({ status: 0 });
  });

  test('each is broken by what it forbids', () => {
    const violations: [rule: string, file: string, text: string][] = [
      ['core-imports-only-core', 'core/planted.ts', "export { Router } from '../exporter/router.ts';\n"],
      ['pure-has-no-node', 'collector/query/planted.ts', "export { readFileSync } from 'node:fs';\n"],
      ['programs-are-strangers', 'exporter/planted.ts', "export { answer } from '../collector/query/answers.ts';\n"],
      ['runtime-only-at-the-edge', 'exporter/planted2.ts', "export { startSystemTime } from '../runtime/system-time.ts';\n"],
      ['runtime-knows-no-program', 'runtime/planted.ts', "export { Router } from '../exporter/router.ts';\n"],
      [
        'dgram-socket-pool-stands-alone',
        'runtime/dgram-socket-pool/planted.ts',
        "export { startSystemTime } from '../system-time.ts';\n",
      ],
      ['router-composes', 'exporter/nat/planted.ts', "export { MeteringProcess } from '../metering/metering-process.ts';\n"],
      [
        'judge-shares-no-code',
        'lab/verify/planted.ts',
        "export { MeteringProcess } from '../../exporter/metering/metering-process.ts';\n",
      ],
      ['only-the-router-composes', 'exporter/io/planted.ts', "export { Nat } from '../nat/nat.ts';\n"],
      ['page-knows-only-shapes', 'collector/dashboard/planted.ts', "export { Zone } from '../query/people/periods.ts';\n"],
      ['page-shapes-are-types', 'collector/dashboard/planted2.ts', "export { BASES } from '../api/view/view-request.ts';\n"],
      ['nobody-imports-the-page', 'collector/api/planted.ts', "export { PAGES } from '../dashboard/pages/pages.ts';\n"],
      ['nobody-imports-test', 'lab/planted.ts', "export { SMALL } from '../test/support/small-world.ts';\n"],
      ['no-orphans', 'lab/orphan.ts', 'export const alone = 1;\n'],
      ['no-cycles', 'core/net/one.ts', "import { two } from './two.ts';\nexport const one = (): number => two();\n"],
    ];
    const removals = violations.map(([, file, text]) => plant(file, text));
    removals.push(plant('core/net/two.ts', "import { one } from './one.ts';\nexport const two = (): number => one();\n"));
    const { status, output } = cruise();
    for (const remove of removals) remove();
    expect(status).not.toBe(0);
    const { forbidden } = createRequire(import.meta.url)(resolve('.dependency-cruiser.cjs')) as { forbidden: { name: string }[] };
    expect(new Set(violations.map(([rule]) => rule))).toEqual(new Set(forbidden.map(({ name }) => name)));
    for (const [rule, file] of violations) expect(output).toMatch(new RegExp(`${rule}: ${file.replaceAll('.', '\\.')}`));
  });
});

test('lint forbids clocks, chance and Node in pure folders, and long functions anywhere', () => {
  const spoilt = [
    'export const now = (): number => Date.now();',
    'export const date = (): Date => new Date();',
    'export const chance = (): number => Math.random();',
    'export const bytes = (): unknown => Buffer.alloc(1);',
    'export const later = (): unknown => setTimeout(() => undefined, 1);',
    "export const home = (): unknown => process.env['HOME'];",
    `export function long(): number {\n  let sum = 0;\n${'  sum += 1;\n'.repeat(70)}  return sum;\n}`,
  ];
  const remove = plant('core/planted.ts', `${spoilt.join('\n')}\n`);
  const { status, output } = run('eslint/bin/eslint.js', 'core/planted.ts');
  remove();
  expect(status).toBe(1);
  for (const what of ['Date.now', 'no present', 'Math.random', 'no Buffer', 'no setTimeout', 'no process', 'too many lines']) {
    expect(output).toContain(what);
  }
});

test("the pure folders do not compile with Node's types in use", () => {
  const remove = plant('core/planted.ts', "import { readFileSync } from 'node:fs';\nexport const read = readFileSync;\n");
  const { status, output } = run('typescript/bin/tsc', '-p', 'tsconfig.pure.json');
  remove();
  expect(status).not.toBe(0);
  expect(output).toContain('core/planted.ts');
});
