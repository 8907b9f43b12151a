import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { setTimeout as pause } from 'node:timers/promises';
import { spoolSchema } from '../../collector/store/spool/config.ts';
import { SpooledStore } from '../../collector/store/spooled-store.ts';

/** What became of records that a program was killed over. */
export interface KillResult {
  readonly kills: number;
  /** Records the program said were kept, and records that are in the store; more may be there than it had time to tell of. */
  readonly acknowledged: number;
  readonly found: number;
  /** Records that are missing up to the last that is there, and such that are there twice. */
  readonly missing: number;
  readonly doubled: number;
  /** Acknowledged records that are not there. */
  readonly lost: number;
}

/** Kills a program that stores records with SIGKILL, `kills` times, each after up to `longestMs`, and looks at what the store has then. */
export async function killLoop(path: string, kills: number, longestMs: number, random: () => number): Promise<KillResult> {
  let acknowledged = 0;
  for (let kill = 0; kill < kills; kill++) acknowledged = Math.max(acknowledged, await runAndKill(path, random() * longestMs));
  const store = await SpooledStore.open(path, spoolSchema.parse({ minFreeOctets: 0 }));
  const [counts] = await store.query<{ found: number; distinct: number; last: number }>(
    `SELECT count(*) AS found, count(DISTINCT octets) AS "distinct", coalesce(max(octets) + 1, 0)::DOUBLE AS last FROM flows`,
  );
  await store.close();
  const { found, distinct, last } = counts as { found: number; distinct: number; last: number };
  return {
    kills,
    acknowledged,
    found,
    missing: last - distinct,
    doubled: found - distinct,
    lost: Math.max(0, acknowledged - last),
  };
}

/** Returns up to which record it said it had kept. */
async function runAndKill(path: string, afterMs: number): Promise<number> {
  const child = spawn(process.execPath, [fileURLToPath(new URL('appending-child.mjs', import.meta.url)), path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  const ended = new Promise((resolve) => child.once('close', resolve));
  while (!output.includes('begun') && child.exitCode === null) await pause(5);
  await pause(afterMs);
  child.kill('SIGKILL');
  await ended;
  const kept = [...output.matchAll(/^kept (\d+)$/gm)].at(-1)?.[1];
  return Number(kept ?? /^begun (\d+)$/m.exec(output)?.[1] ?? NaN);
}
