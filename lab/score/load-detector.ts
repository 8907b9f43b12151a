import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { CreateDayDetector } from './day-detector.ts';
import type { CreateDetector } from './detector.ts';
import { builtInDetector } from './built-in-detector.ts';
import { DetectorMistake, plainDetector } from './plain-detector.ts';

/** The detector a module makes by its default export; the collector's own without a path. Rejects with a DetectorMistake. */
export async function loadDetector(path: string | undefined): Promise<CreateDayDetector> {
  if (path === undefined) return builtInDetector;
  let module: { readonly default?: unknown };
  try {
    module = (await import(pathToFileURL(resolve(path)).href)) as typeof module;
  } catch (error) {
    throw new DetectorMistake(`${path} cannot be loaded: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (typeof module.default !== 'function')
    throw new DetectorMistake(`${path} has no default export that makes a detector: (office) => ({ flows(flows) { ... } })`);
  return plainDetector(module.default as CreateDetector);
}
