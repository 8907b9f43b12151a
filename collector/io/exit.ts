/** How the program ends: all went well, it was asked wrongly, or it could not do what it was asked. */
export const EXIT = { ok: 0, usage: 2, runTime: 4 } as const;

/** Says on standard error what is wrong; returns the exit code. */
export function complain(sentence: string, exitCode: number): number {
  console.error(`collector: ${sentence}`);
  return exitCode;
}

/** Databases tell some errors in several lines. */
export const firstLine = (error: unknown): string =>
  String(error instanceof Error ? error.message : error).split('\n')[0] as string;

/** What commander says of a mistake, without its prefix and on one line. */
export const usageMistake = (error: unknown): string =>
  (error as Error).message.replace(/^error: /, '').replace(/\s*\n\s*/g, ' ');
