import { formatStored } from '../../core/net/stored-address.ts';
import type { CollectorConfig } from '../config.ts';
import type { EndpointQuestion } from '../query/attribution.ts';
import { whoUsedSentences } from '../query/attribution-sentences.ts';
import { Inventory, type InventoryEntry } from '../query/inventory.ts';
import { whoUsed } from '../query/who-used.ts';
import { oneLine } from '../query/wording.ts';
import type { AskedStore } from '../store/flow-store.ts';
import { openFile } from './open-store.ts';

/** Who used a public endpoint, and what is known to say it by. */
export interface WhoOptions {
  readonly question: EndpointQuestion;
  readonly inventory: readonly InventoryEntry[];
  readonly config: Pick<CollectorConfig, 'attribution'>;
  /** Whether the answers are printed as JSON, with all their evidence. */
  readonly json: boolean;
}

export interface AskOptions extends WhoOptions {
  /** A file that is there. */
  readonly store: string;
  readonly config: CollectorConfig;
}

/** What a file knows of who used a public endpoint, as lines to print. Rejects with an Error of one sentence without the file. */
export async function ask(options: AskOptions): Promise<string[]> {
  const store = await openFile(options.store, options.config);
  try {
    return await whoLines(store, options);
  } finally {
    await store.close();
  }
}

/** The same of a store that is open. */
export async function whoLines(store: AskedStore, { question, inventory, config, json }: WhoOptions): Promise<string[]> {
  const answers = await whoUsed(store, question, new Inventory(inventory), config.attribution);
  const asked = { ...question, publicAddress: formatStored(question.publicAddress) };
  return json
    ? [JSON.stringify({ question: asked, ...answers }, undefined, 2)]
    : whoUsedSentences(question, answers).map(oneLine);
}
