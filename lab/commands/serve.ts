import { Command } from 'commander';
import { parsePort } from './run-flags.ts';
import { EXIT } from './exit-codes.ts';
import { Interruption, SHOWN_UNTIL } from './signals.ts';

/** `flowlab serve DIR`: shows a run that `--out` kept, until Ctrl-C. */
export const serveCommand = (setExitCode: (code: number) => void): Command =>
  new Command('serve')
    .description('Show a run that run --out has kept, as a web page.')
    .argument('<directory>', 'what --out named')
    .option('--port <number>', 'of the page on loopback; one that is free unless told', parsePort, 0)
    .action(async (directory: string, { port }: { port: number }) => setExitCode(await serve(directory, port)));

async function serve(directory: string, port: number): Promise<number> {
  const interruption = new Interruption();
  try {
    const [{ openKeptRun }, { servePage }] = await Promise.all([
      import('../serve/kept-run.ts'),
      import('../serve/page-server.ts'),
    ]);
    const run = await openKeptRun(directory);
    try {
      const server = await servePage(run.views, port);
      process.stdout.write(`${server.address}\n`);
      process.stderr.write(SHOWN_UNTIL);
      await interruption.whenInterrupted();
      await server.close();
    } finally {
      run.close();
    }
    return EXIT.ok;
  } finally {
    interruption.release();
  }
}
