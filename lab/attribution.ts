import { parseIPv4 } from '../core/net/address.ts';
import { findIPv6, formatAddress } from '../core/net/address-book.ts';
import { parseIPv6, wordsOfIPv6 } from '../core/net/ipv6-text.ts';
import { parseStored } from '../core/net/stored-address.ts';
import { Random } from '../core/random/random.ts';
import { NS_PER_MS } from '../core/time/instant.ts';
import type { Attribution } from '../collector/query/attribution.ts';
import { Inventory } from '../collector/query/inventory.ts';
import { whoUsedEach } from '../collector/query/who-used.ts';
import type { FlowStore } from '../collector/store/flow-store.ts';
import type { Findings } from './report/report.ts';
import type { Scenario } from './scenario/schema.ts';
import { STRANGER } from './verify/records.ts';
import { drawHeldEndpoints, tallyAnswers } from './verify/endpoint-holder.ts';
import type { World } from './world/world.ts';

/**
 * Asks the collector who used public endpoints at true instants, as a server's log outside has them, and lets the judge count
 * the right answers. The router's clock is reckoned with by what the collector estimates of it.
 */
export async function attributionOf(world: World, scenario: Scenario, store: FlowStore): Promise<Findings['attribution']> {
  const random = new Random(scenario.seed).fork('attribution');
  const endpoints = drawHeldEndpoints(world.ledger, scenario.attributionQuestions, random);
  const { attribution } = scenario.collector;
  const skewMs = world.collecting.exportSkew?.skewMs ?? 0;
  const questions = endpoints.map(({ atNs, publicAddress, publicPort, protocol }) => ({
    publicAddress: parseStored(formatAddress(publicAddress)) ?? 0,
    publicPort,
    protocol,
    atMs: world.epoch.unixMs + atNs / NS_PER_MS + skewMs,
    toleranceMs: attribution.toleranceMs,
  }));
  const answers = await whoUsedEach(store, questions, new Inventory([]), attribution);
  return {
    asked: endpoints.length,
    fromFlows: tallyAnswers(endpoints, answers.map(({ fromFlows }) => named(fromFlows))), // prettier-ignore
    fromEvents:
      world.collecting.counters.natEvents === 0
        ? null
        : tallyAnswers(endpoints, answers.map(({ fromEvents }) => named(fromEvents))), // prettier-ignore
  };
}

const named = (answer: Attribution): number | undefined =>
  answer.kind === 'somebody' ? numberOf(answer.insideAddress) : undefined;

/** The number of an address in the simulation's book; of one that nobody there has, a number nobody has. */
function numberOf(text: string): number {
  const octets = parseIPv6(text);
  return (octets === undefined ? parseIPv4(text) : findIPv6(wordsOfIPv6(octets))) ?? STRANGER;
}
