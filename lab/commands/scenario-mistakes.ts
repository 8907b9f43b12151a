import { ConfigError } from '../../runtime/config/config-error.ts';
import { openScenario } from '../scenario/load.ts';

/** What is wrong with a scenario file or with one of its variants, a sentence each; none when it can be run. */
export function scenarioMistakes(file: string): readonly string[] {
  try {
    const source = openScenario(file);
    for (const [index, variant] of source.read().variants.entries()) source.readVariant(variant, index);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.messages;
    throw error;
  }
}
