import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import type { StoredAddress } from '../../core/net/stored-address.ts';
import { storedExporter } from '../collecting/exporter-address.ts';
import type { ApplicationName, Label } from '../collecting/label.ts';
import { Detection } from '../detect/detection.ts';
import { givingWay } from '../store/giving-way.ts';
import type { DetectionAnswer, DetectionRequest, DetectionTask } from './detection-messages.ts';

/** How often alerts are told, and how many at a time: whoever receives has other things to do. */
const TELL_MS = 500;
const MOST_ALERTS = 200;

/** Names as they come, the latest of each, as many as the Collecting Process knows. */
class NamesLearnt {
  readonly names = new Map<StoredAddress, string>();
  readonly #applications = new Map<string, ApplicationName>();
  readonly #maxNames: number;

  constructor(maxNames: number) {
    this.#maxNames = maxNames;
  }

  get applications(): ApplicationName[] {
    return [...this.#applications.values()];
  }

  learn({ kind, exporter: address, observationDomainId, id, name }: Label): void {
    if (kind === 'address') this.#keep(this.names, id, name);
    if (kind !== 'application' || typeof id !== 'number') return;
    const exporter = storedExporter(address);
    this.#keep(this.#applications, `${exporter} ${observationDomainId} ${id}`, { exporter, observationDomainId, id, name });
  }

  #keep<Key, Name>(map: Map<Key, Name>, key: Key, name: Name): void {
    if (map.size < this.#maxNames || map.has(key)) map.set(key, name);
  }
}

const port = parentPort as MessagePort;
const { watched, config, maxNames } = (workerData as { task: DetectionTask }).task;
const learnt = new NamesLearnt(maxNames);
// Receiving comes first.
const detection = await givingWay(async () => new Detection(watched, learnt, config));

const say = (answer: DetectionAnswer): void => port.postMessage(answer);

const sawRows = (rows: number): void => say({ kind: 'seen', rows, unwatched: detection.counters.unwatchedRows });

/** Returns whether that was all. */
function tell(): boolean {
  const alerts = [];
  for (let alert = detection.poll(); alert !== undefined; alert = detection.poll()) {
    alerts.push(alert);
    if (alerts.length === MOST_ALERTS) break;
  }
  if (alerts.length > 0) say({ kind: 'alerts', alerts });
  return alerts.length < MOST_ALERTS;
}

const timer = setInterval(tell, TELL_MS);

port.on('message', (request: DetectionRequest) => {
  switch (request.kind) {
    case 'flows':
      detection.handle(request.flows);
      return sawRows(request.flows.length);
    case 'nat-events':
      detection.handleNatEvents(request.events);
      return sawRows(request.events.length);
    case 'labels':
      return request.labels.forEach((label) => learnt.learn(label));
    case 'settle':
      clearInterval(timer);
      detection.settle();
      while (!tell());
      say({ kind: 'settled' });
      port.close();
  }
});
