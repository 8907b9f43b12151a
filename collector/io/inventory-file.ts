import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { parseRange } from '../../core/net/stored-address.ts';
import type { InventoryEntry } from '../query/inventory.ts';

const addressSchema = z.string().refine((text) => parseRange(text) !== undefined, {
  error: ({ input }) => `"${input}" is not an IPv4 or IPv6 address or prefix`,
});

/** A text with its zone, since without one it would depend on where it is read. */
const timeSchema = z.iso
  .datetime({ offset: true, error: ({ input }) => `"${String(input)}" is not a time with its zone such as 2026-03-02T14:03:22Z` })
  .transform((text) => Date.parse(text));

const inventorySchema = z.array(
  z
    .strictObject({
      name: z.string().min(1),
      address: addressSchema,
      otherAddresses: z.array(addressSchema).default([]),
      department: z.string().default(''),
      from: timeSchema.optional(),
      to: timeSchema.optional(),
    })
    .refine(({ from = -Infinity, to = Infinity }) => from < to, { error: 'ends before it begins' })
    .transform(({ from, to, ...entry }): InventoryEntry => ({ ...entry, fromMs: from, toMs: to })),
);

/** The devices listed in a YAML or JSON file: name, address, further addresses, department, and from when to when it has them. Throws an Error of one sentence when it cannot. */
export function readInventory(path: string): InventoryEntry[] {
  const parsed = inventorySchema.safeParse(parseFile(path));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const place = issue?.path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('') ?? '';
  throw new Error(`${path}: ${place === '' ? 'the file' : place} ${issue?.message}`);
}

function parseFile(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new Error(`cannot read the inventory ${path}: ${(error as NodeJS.ErrnoException).code}`, { cause: error });
  }
  try {
    return parse(text);
  } catch (error) {
    // The first line says what and where; the others draw it.
    throw new Error(`${path}: ${(error as Error).message.split('\n')[0]}`, { cause: error });
  }
}
