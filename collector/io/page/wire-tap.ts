import type { WireConfig } from '../../api/config.ts';
import type { Topic } from '../../api/view/topic.ts';
import { MessageRing, type TemplateOfSession } from '../../api/view/message-ring.ts';
import { wireTopic } from '../../api/view/wire-topic.ts';
import type { Datagram } from '../../collecting/datagram.ts';
import { exporterOf } from './collector-exporters.ts';

/** Where datagrams can be looked at as they come. */
export interface Tapped {
  /** Told each datagram before it is read; nothing is told when it is `undefined`. */
  tap: ((datagram: Datagram) => void) | undefined;
}

/**
 * The topic `wire` of a collector. Datagrams are kept from the moment somebody asks for it until `keptS` after nobody does: as long as
 * nobody looks, receiving one costs a comparison.
 */
export function tappedWire(tapped: Tapped, config: WireConfig, templateOf: TemplateOfSession): Topic {
  const { maxDatagrams, maxOctets, maxTemplates, keptS } = config;
  const limits = { maxMessages: maxDatagrams, maxOctets, maxTemplates };
  let ring: MessageRing;
  let topic: Topic;
  let timer: NodeJS.Timeout | undefined;
  let forgotten = 0;
  // While the collector runs a number is never given twice, so a link shows what it was made for, or that it is gone.
  const begin = (count: number): void => {
    ring = new MessageRing(limits, { count, templateOf });
    topic = wireTopic(ring, { exporterOf });
  };
  const forget = (): void => {
    tapped.tap = undefined;
    timer = undefined;
    forgotten++;
    begin(ring.count);
  };
  const asked = (): void => {
    tapped.tap ??= ({ source, receivedAtUs, payload }) => ring.add(source, receivedAtUs, payload);
    if (timer === undefined) timer = setTimeout(forget, keptS * 1_000).unref();
    else timer.refresh();
  };
  begin(0);
  return {
    revision: () => {
      asked();
      return `${forgotten} ${topic.revision?.()}`;
    },
    view: (parameters) => {
      asked();
      return topic.view(parameters);
    },
  };
}
