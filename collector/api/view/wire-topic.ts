import type { Exporter } from '../../store/flow-store.ts';
import { QueryMistake } from '../query-request.ts';
import type { MessageRing } from './message-ring.ts';
import { numberOf } from './number-of.ts';
import type { Topic } from './topic.ts';
import { wireView, type TellTruth } from './wire-view.ts';

const MESSAGES = 100;
const MAX_FORGOTTEN = 100;
const US_PER_MS = 1_000;

/** What the topic `wire` knows besides the Messages; only the lab knows the truth. */
export interface WireSource {
  /** The router that the parameter `exporter` means; `undefined` for all. */
  exporterOf?(id: string | undefined): Exporter | undefined;
  readonly tellTruth?: TellTruth;
}

/** The topic `wire`: parameters `message`, a number, the newest of the list without it; `before`, another; `at`; `exporter`; `sender`, an address and port of the list; `forget`, Template IDs with commas between. */
export const wireTopic = (ring: MessageRing, { exporterOf, tellTruth }: WireSource = {}): Topic => ({
  revision: () => ring.count,
  view: async (parameters) => {
    const atMs = numberOf(parameters, 'at');
    const forgotten = (parameters.get('forget') ?? '').split(',').filter((text) => text !== '');
    if (forgotten.length > MAX_FORGOTTEN)
      throw new QueryMistake(`forget names ${forgotten.length} Templates: ${MAX_FORGOTTEN} are the most`);
    const request = {
      limit: MESSAGES,
      index: numberOf(parameters, 'message'),
      before: numberOf(parameters, 'before'),
      sender: parameters.get('sender') || undefined,
      untilUs: atMs === undefined ? undefined : atMs * US_PER_MS,
      exporter: exporterOf?.(parameters.get('exporter')),
      forgotten: new Set(forgotten.map(Number)),
    };
    return wireView(ring, request, tellTruth);
  },
});
