import { Command } from 'commander';
import { Page } from '../report/layout.ts';
import { pageWidth, wantsColour } from './page-settings.ts';
import { EXIT } from './exit-codes.ts';
import { explainScenario } from './explain.ts';
import { scenarioFile, scenarioNames } from '../scenario/scenario-files.ts';
import { readWritten } from './written-scenario.ts';

/** `flowlab scenario list|validate|explain|schema`. The schemas are loaded by the commands that need them. */
export const scenarioCommand = (setExitCode: (code: number) => void): Command => {
  const command = new Command('scenario').description('List, check and explain scenarios.');
  command.command('list').description('every scenario with its title').action(list);
  command
    .command('validate')
    .description('check scenarios without running them; all of them without names')
    .argument('[names...]', 'names or paths of scenarios')
    .action(async (names: string[]) => setExitCode(await validate(names)));
  command
    .command('explain')
    .description('what a scenario sets, key by key, and what it checks')
    .argument('<name>', 'the name or path of a scenario')
    .option('--no-color', 'no colours')
    .action(explain);
  command
    .command('schema')
    .description('the JSON Schema of a scenario')
    .option('--report', 'of report.json instead')
    .action(schema);
  return command;
};

function list(): void {
  const names = scenarioNames();
  const width = Math.max(0, ...names.map((name) => name.length));
  for (const name of names) process.stdout.write(`${name.padEnd(width)}   ${String(readWritten(scenarioFile(name)).title)}\n`);
}

async function validate(names: readonly string[]): Promise<number> {
  const { scenarioMistakes } = await import('./scenario-mistakes.ts');
  let exitCode: number = EXIT.ok;
  for (const name of names.length > 0 ? names : scenarioNames()) {
    const mistakes = scenarioMistakes(scenarioFile(name));
    if (mistakes.length === 0) process.stdout.write(`${name}: valid\n`);
    else exitCode = EXIT.usage;
    for (const mistake of mistakes) process.stderr.write(`${mistake}\n`);
  }
  return exitCode;
}

async function explain(name: string, { color }: { color: boolean }): Promise<void> {
  const { JSON_SCHEMAS } = await import('./json-schemas.ts');
  const { stdout, env } = process;
  const page = new Page({ colour: wantsColour(color, env, stdout.isTTY), width: pageWidth(stdout) });
  explainScenario(page, name, readWritten(scenarioFile(name)), JSON.parse(JSON_SCHEMAS['scenario.schema.json']()));
  stdout.write(page.toString());
}

async function schema({ report }: { report?: true }): Promise<void> {
  const { JSON_SCHEMAS } = await import('./json-schemas.ts');
  process.stdout.write(JSON_SCHEMAS[report === true ? 'report.schema.json' : 'scenario.schema.json']());
}
