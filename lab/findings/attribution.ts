import { parseIPv4 } from '../../core/net/address.ts';
import { findIPv6, formatAddress } from '../../core/net/address-book.ts';
import { parseIPv6, wordsOfIPv6 } from '../../core/net/ipv6-text.ts';
import { parseStored } from '../../core/net/stored-address.ts';
import { NS_PER_MS } from '../../core/time/instant.ts';
import type { Attribution } from '../../collector/query/attribution.ts';
import { Inventory } from '../../collector/query/inventory.ts';
import { whoUsedEach } from '../../collector/query/who-used.ts';
import { isFrom, type FlowStore } from '../../collector/store/flow-store.ts';
import type { Findings } from '../report/report.ts';
import type { Scenario } from '../scenario/schema.ts';
import { STRANGER } from '../verify/records.ts';
import { drawHeldEndpoints, tallyAnswers } from '../verify/endpoint-holder.ts';
import type { Site } from '../world/site.ts';

/**
 * Asks the collector who used public endpoints of a site at true instants, as a server's log outside has them, and lets the judge count
 * the right answers. The router's clock is reckoned with by what the collector estimates of it.
 */
export async function attributionOf(site: Site, scenario: Scenario, store: FlowStore): Promise<Findings['attribution']> {
  const endpoints = drawHeldEndpoints(site.ledger, scenario.attributionQuestions, site.random.fork('attribution'));
  const { attribution } = scenario.collector;
  const skewMs = site.path.session?.clock.estimate?.usualOffsetMs ?? 0;
  const questions = endpoints.map(({ atNs, publicAddress, publicPort, protocol }) => ({
    publicAddress: parseStored(formatAddress(publicAddress)) ?? 0,
    publicPort,
    protocol,
    atMs: site.epoch.unixMs + atNs / NS_PER_MS + skewMs,
    toleranceMs: attribution.toleranceMs,
  }));
  const [natEvents] = await store.query<{ count: number }>(
    `SELECT count(*)::DOUBLE AS count FROM nat_events WHERE ${isFrom(site.config.exporter)}`,
  );
  const answers = await whoUsedEach(store, questions, new Inventory([]), attribution);
  return {
    asked: endpoints.length,
    fromFlows: tallyAnswers(endpoints, answers.map(({ fromFlows }) => named(fromFlows))), // prettier-ignore
    fromEvents:
      (natEvents?.count ?? 0) === 0
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
