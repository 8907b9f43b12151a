import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { isMap, isScalar, LineCounter, parseDocument, type Document } from 'yaml';
import type { z } from 'zod';
import { applySet, parseSettings, type Settings } from './apply-set.ts';
import { ConfigError } from './config-error.ts';
import { parsePath, type KeyPath } from './key-path.ts';
import { mistakesOf } from './mistakes.ts';

export interface Place {
  /** The path as it was given. */
  readonly file: string;
  /** Both from 1. */
  readonly line: number;
  readonly column: number;
}

export interface LoadedConfig<T> {
  readonly value: T;
  /** Where the value at the path stands, or the nearest mapping around it that does. */
  locate(path: KeyPath): Place | undefined;
}

/** Keys that another part of the same file changes, such as a variant of a scenario. */
export interface Overlay {
  /** How a mistake names it: `variant without-ntp`. */
  readonly title: string;
  /** Where `settings` stand in the file. */
  readonly path: KeyPath;
  readonly settings: Readonly<Record<string, unknown>>;
}

/**
 * Reads a YAML file by its schema, with the keys changed that an overlay changes, and then those of `settings`. Throws a `ConfigError` that has a sentence for each mistake:
 * `office-50.yaml:14:9 people[3].ip "10.0.0.300" is not an IPv4 address`.
 */
export function loadYaml<T>(file: string, schema: z.ZodType<T>, settings: Settings = {}, overlay?: Overlay): LoadedConfig<T> {
  const lines = new LineCounter();
  const name = basename(file);
  const document = parseDocument(read(file), { lineCounter: lines, logLevel: 'error' });
  if (document.errors.length > 0) {
    throw new ConfigError(
      document.errors.map(({ pos: [at], message }) => {
        const { line, col } = lines.linePos(at);
        return `${name}:${line}:${col} ${(message.split('\n')[0] as string).replace(/ at line \d+, column \d+:?$/, '')}`;
      }),
    );
  }
  const data = toData(document, name);
  const place = (path: KeyPath, isKey?: boolean): string => {
    const { line, col } = lines.linePos(offsetOf(document, path, isKey) ?? 0);
    return `${name}:${line}:${col}`;
  };
  for (const [key, value] of Object.entries(overlay?.settings ?? {}))
    applySet(data, { [key]: value }, `${place([...(overlay?.path ?? []), key])} ${overlay?.title}:`);
  applySet(data, settings);
  const locate = (path: KeyPath): Place | undefined => {
    const offset = offsetOf(document, path);
    if (offset === undefined) return undefined;
    const { line, col } = lines.linePos(offset);
    return { file, line, column: col };
  };
  const result = schema.safeParse(data);
  if (result.success) return { value: result.data, locate };
  const changed = Object.keys(parseSettings(settings));
  throw new ConfigError(
    mistakesOf(schema, data, result.error).map(({ path, sentence, isKey }) => {
      const at = overlay === undefined ? path : writtenAt(overlay, path, document);
      if ([path, at].some((each) => setterOf(changed, each, document) !== undefined)) return `--set ${sentence}`;
      return `${place(at, isKey)} ${overlay === undefined ? '' : `${overlay.title}: `}${sentence}`;
    }),
  );
}

/** Where the value at `path` stands when an overlay may have set it. */
function writtenAt({ path: around, settings }: Overlay, path: KeyPath, document: Document.Parsed): KeyPath {
  const setter = setterOf(Object.keys(settings), path, document);
  return setter === undefined ? path : [...around, setter, ...path.slice(parsePath(setter)?.length)];
}

/** The last of the settings that the value at `path` comes from. */
const setterOf = (settings: readonly string[], path: KeyPath, document: Document.Parsed): string | undefined =>
  settings.findLast((text) => isSetBy(parsePath(text) ?? [], path, document));

/** Whether the value at `path` comes from a setting: it was set itself, lies in what was set, or was made on the way. */
function isSetBy(setting: KeyPath, path: KeyPath, document: Document.Parsed): boolean {
  const shared = Math.min(setting.length, path.length);
  if (setting.slice(0, shared).some((step, index) => step !== path[index])) return false;
  return setting.length <= path.length || !document.hasIn(path);
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new ConfigError([`${file}: ${code === 'ENOENT' ? 'there is no such file' : `cannot be read: ${message}`}`]);
  }
}

function toData(document: Document.Parsed, name: string): object {
  let data: unknown;
  try {
    data = document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    throw new ConfigError([`${name}:1:1 ${(error as Error).message}`]);
  }
  if (isMap(document.contents) && typeof data === 'object' && data !== null) return data;
  throw new ConfigError([`${name}:1:1 expected keys with values, such as "title: A quiet day"`]);
}

/** The offset of a value, of a key that has none of its own, or of what lies around it. */
function offsetOf(document: Document.Parsed, path: KeyPath, isKey = false): number | undefined {
  for (let length = path.length; length >= 0; length--) {
    const parent = length === 0 ? undefined : document.getIn(path.slice(0, length - 1), true);
    const pair = isMap(parent)
      ? parent.items.find(({ key }) => isScalar(key) && String(key.value) === path[length - 1])
      : undefined;
    const value = isKey && length === path.length ? undefined : pair?.value;
    const node: unknown = length === 0 ? document.contents : (value ?? pair?.key ?? document.getIn(path.slice(0, length), true));
    const range = (node as { range?: [number, number, number] | null } | null | undefined)?.range;
    if (range !== undefined && range !== null) return range[0];
  }
  return undefined;
}
