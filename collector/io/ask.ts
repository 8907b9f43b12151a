import { existsSync } from 'node:fs';
import { formatStored } from '../../core/net/stored-address.ts';
import type { EndpointQuestion } from '../query/attribution.ts';
import type { AttributionConfig } from '../query/attribution-config.ts';
import { whoUsedSentences } from '../query/attribution-sentences.ts';
import { Inventory, type InventoryEntry } from '../query/inventory.ts';
import { whoUsed } from '../query/who-used.ts';
import { oneLine } from '../query/wording.ts';
import { spoolSchema } from '../store/spool/config.ts';
import { openFile } from './open-store.ts';

export interface AskOptions {
  /** A file that is there. */
  readonly store: string;
  readonly question: EndpointQuestion;
  readonly inventory: readonly InventoryEntry[];
  readonly config: AttributionConfig;
  /** Whether the answers are printed as JSON, with all their evidence. */
  readonly json: boolean;
}

/** What a store knows of who used a public endpoint, as lines to print. Rejects with an Error of one sentence without the store. */
export async function ask({ store: path, question, inventory, config, json }: AskOptions): Promise<string[]> {
  if (!existsSync(path)) throw new Error(`there is no store ${path}`);
  const store = await openFile(path, { spool: spoolSchema.parse({}) });
  try {
    const answers = await whoUsed(store, question, new Inventory(inventory), config);
    const asked = { ...question, publicAddress: formatStored(question.publicAddress) };
    return json
      ? [JSON.stringify({ question: asked, ...answers }, undefined, 2)]
      : whoUsedSentences(question, answers).map(oneLine);
  } finally {
    await store.close();
  }
}
