import { Command, CommanderError } from 'commander';
import { guardOutput } from '../runtime/guard-output.ts';
import { detectCommand } from './commands/detect.ts';
import { finish } from './commands/ending.ts';
import { EXIT } from './commands/exit-codes.ts';
import { describeFailure } from './commands/failure.ts';
import { runCommand } from './commands/run.ts';
import { scenarioCommand } from './commands/scenario.ts';
import { serveCommand } from './commands/serve.ts';

/** The command line behind `bin/flowlab.mjs`, which has answered `--help` and `--version` already. */
export async function main(args: readonly string[]): Promise<void> {
  guardOutput();
  let exitCode: number = EXIT.ok;
  const program = new Command('flowlab')
    .exitOverride()
    .showHelpAfterError(false)
    .configureOutput({ outputError: (text, write) => write(oneSentence(text)) });
  const set = (code: number): void => void (exitCode = code);
  for (const command of [runCommand(set), serveCommand(set), scenarioCommand(set), detectCommand(set)]) {
    program.addCommand(command.copyInheritedSettings(program));
    for (const part of command.commands) part.copyInheritedSettings(command);
  }
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    else {
      const failure = describeFailure(error);
      process.stderr.write(`${failure.message}\n`);
      exitCode = failure.exitCode;
    }
  }
  finish(exitCode);
}

/** Commander's `error: unknown option '--sed'\n(Did you mean --seed?)` as one sentence. */
function oneSentence(text: string): string {
  const sentence = text
    .trim()
    .replace(/^error: /, '')
    .replace('is invalid. ', 'is invalid: ')
    .replace(/\s*\n\s*\(Did you mean (.*)\?\)$/, ', did you mean $1?');
  return `flowlab: ${sentence}\n`;
}
