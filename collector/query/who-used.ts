import type { AskedStore } from '../store/flow-store.ts';
import type { Attribution, EndpointQuestion } from './attribution.ts';
import type { AttributionConfig } from './attribution-config.ts';
import { attributeFromEvents } from './attribution-from-events.ts';
import { attributeFromFlows } from './attribution-from-flows.ts';
import type { Inventory } from './inventory.ts';

/** The same question answered twice, by sources that know nothing of each other. */
export interface WhoUsed {
  readonly fromEvents: Attribution;
  readonly fromFlows: Attribution;
}

/**
 * Who used a public endpoint at an instant: `who used 203.0.113.7:40012 at 14:03:22?` Rejects when the store fails, and with a
 * RangeError when a number of the question is not whole.
 */
export async function whoUsed(
  store: AskedStore,
  question: EndpointQuestion,
  inventory: Inventory,
  config: AttributionConfig,
): Promise<WhoUsed> {
  const [answer] = await whoUsedEach(store, [question], inventory, config);
  return answer as WhoUsed;
}

/** The answers to many questions, in their order, for hardly more than the price of one. */
export async function whoUsedEach(
  store: AskedStore,
  questions: readonly EndpointQuestion[],
  inventory: Inventory,
  config: AttributionConfig,
): Promise<WhoUsed[]> {
  if (questions.length === 0) return [];
  const fromEvents = await attributeFromEvents(store, questions, inventory);
  const fromFlows = await attributeFromFlows(store, questions, inventory, config);
  return questions.map((_, index) => ({
    fromEvents: fromEvents[index] as Attribution,
    fromFlows: fromFlows[index] as Attribution,
  }));
}
