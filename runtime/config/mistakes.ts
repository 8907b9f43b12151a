import type { z } from 'zod';
import { formatPath, type KeyPath } from './key-path.ts';
import { discriminators, knownKeys } from './known-keys.ts';
import { nearestName } from '../../core/text/nearest-name.ts';

export interface Mistake {
  readonly path: KeyPath;
  /** Begins with the path: `people[3].ip "10.0.0.300" is not an IPv4 address`. */
  readonly sentence: string;
  /** Whether the key is the mistake, not its value. */
  readonly isKey?: boolean;
}

/** A sentence for each thing the schema does not accept; what two of its rules find is told once. */
export function mistakesOf(schema: z.ZodType, data: unknown, error: z.ZodError): Mistake[] {
  const mistakes = error.issues.flatMap((issue): Mistake[] => {
    const path = issue.path as KeyPath;
    if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(schema, data, path, key));
    if (issue.code === 'invalid_union' && issue.errors.length > 0) return unionMistakes(schema, data, path, issue);
    const value = valueAt(data, path);
    return [
      { path, sentence: sentenceOf(path, wordChoices(choicesOf(schema, data, path, issue), value) ?? issue.message, value) },
    ];
  });
  return [...new Map(mistakes.map((mistake) => [mistake.sentence, mistake])).values()];
}

/** The words that could stand where another one does; none where anything else is wrong. */
function choicesOf(schema: z.ZodType, data: unknown, path: KeyPath, issue: z.core.$ZodIssue): string[] {
  if (issue.code === 'invalid_union') return discriminators(schema, path, data);
  return issue.code === 'invalid_value' ? issue.values.map(String) : [];
}

/** The word that was meant, or all there are; `undefined` when there are none. */
function wordChoices(choices: readonly string[], value: unknown): string | undefined {
  const nearest = typeof value === 'string' ? nearestName(value, choices) : undefined;
  if (nearest !== undefined) return `did you mean "${nearest}"?`;
  return choices.length === 0 ? undefined : `expected ${choices.length === 1 ? '' : 'one of '}${choices.join(', ')}`;
}

function unknownKey(schema: z.ZodType, data: unknown, path: KeyPath, key: string): Mistake {
  const known = knownKeys(schema, path, data) ?? [];
  const nearest = nearestName(key, known);
  const hint = nearest === undefined ? `known are ${known.join(', ')}` : `did you mean "${nearest}"?`;
  const at = path.length === 0 ? '' : `${formatPath(path)}: `;
  return { path: [...path, key], sentence: `${at}unknown key "${key}", ${hint}`, isKey: true };
}

/** The member of a union that came nearest speaks for it: not one for values of another kind, and then the one with the fewest mistakes. */
function unionMistakes(schema: z.ZodType, data: unknown, path: KeyPath, issue: z.core.$ZodIssueInvalidUnion): Mistake[] {
  const isOfAnotherKind = ([first]: readonly z.core.$ZodIssue[]): number =>
    first?.code === 'invalid_type' && first.path.length === 0 ? 1 : 0;
  const [nearest = []] = [...issue.errors].sort((a, b) => isOfAnotherKind(a) - isOfAnotherKind(b) || a.length - b.length);
  return nearest.flatMap((each) => {
    const full = [...path, ...(each.path as (string | number)[])];
    if (each.code === 'unrecognized_keys') return each.keys.map((key) => unknownKey(schema, data, full, key));
    const value = valueAt(data, full);
    const choices = each.code === 'invalid_value' ? each.values.map(String) : [];
    return [{ path: full, sentence: sentenceOf(full, wordChoices(choices, value) ?? each.message, value) }];
  });
}

function sentenceOf(path: KeyPath, message: string, value: unknown): string {
  const at = formatPath(path);
  if (/^("|is |it is |needs |must )/.test(message)) {
    const shown = message.startsWith('"') || typeof value === 'object' ? '' : ` ${JSON.stringify(value)}`;
    return `${at}${shown} ${message}`;
  }
  const what = message.replace(/^(Invalid input|Invalid option|Too small|Too big|Invalid string): /, '');
  const missing = value === undefined ? 'is missing: ' : typeof value === 'object' ? '' : `${JSON.stringify(value)}: `;
  return `${at} ${missing}${what.charAt(0).toLowerCase()}${what.slice(1).replace(/, received undefined$/, '')}`;
}

const valueAt = (data: unknown, path: KeyPath): unknown =>
  path.reduce<unknown>((value, step) => (value as Record<string | number, unknown> | null | undefined)?.[step], data);
