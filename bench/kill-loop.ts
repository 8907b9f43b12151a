/**
 * Kills a program that stores records with SIGKILL, again and again, and says what became of what it had acknowledged:
 * `node --import tsx bench/kill-loop.ts [kills]`.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from '../core/random/random.ts';
import { killLoop } from '../test/support/kill-loop.ts';

const kills = Number(process.argv[2] ?? 100);
const directory = mkdtempSync(join(tmpdir(), 'flowlab-kill-'));
const chance = new Random(1);
console.table([await killLoop(join(directory, 'flows.duckdb'), kills, 600, () => chance.uniform())]);
rmSync(directory, { recursive: true });
