import { ConfigError } from '../../runtime/config/config-error.ts';
import { openScenario } from '../scenario/load.ts';

/** What is wrong with a scenario file or with one of its variants, a sentence each; none when it can be run. */
export function scenarioMistakes(file: string): readonly string[] {
  try {
    const source = openScenario(file);
    for (const { name, set } of source.read().variants) {
      try {
        source.read(set);
      } catch (error) {
        if (error instanceof ConfigError) return error.messages.map((message) => `${source.name}, variant ${name}: ${message}`);
        throw error;
      }
    }
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.messages;
    throw error;
  }
}
