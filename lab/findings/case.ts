import { NS_PER_MS } from '../../core/time/instant.ts';
import type { FlowStore } from '../../collector/store/flow-store.ts';
import { publicPool } from '../../exporter/nat/config.ts';
import type { Scenario } from '../scenario/schema.ts';
import type { Case } from '../verify/case.ts';
import { FLOW_COLUMNS, Records } from '../verify/records.ts';
import type { MeteringDevice } from '../world/metering-device.ts';

/** The records of the store that say they are of the device, and those known to be lost. */
export async function recordsOf({ path, exporter }: MeteringDevice, store: FlowStore): Promise<Records> {
  const records = new Records();
  records.add(path.lostRecords.columns, path.lostRecords.length, undefined);
  await store.scan(FLOW_COLUMNS, (rows) => records.addFlows(rows, rows.length, rows.id), exporter);
  return records;
}

/** What the judge has to go by. */
export const caseOf = ({ ledger, clock, epoch, nat, metering }: MeteringDevice, records: Records): Case => ({
  ledger,
  records,
  routerClock: clock.clock,
  epochUnixMs: epoch.unixMs,
  publicAddresses: new Set(publicPool(nat)),
  timeouts: timeoutsOf(metering),
});

/** What may end a record. In an immediate cache each packet does, and where the end of a connection only gives a reason, it never does. */
function timeoutsOf(metering: Scenario['router']['metering']): Case['timeouts'] {
  const lingerMs = { 'at-once': 0, linger: metering.tcpLingerMs, 'at-idle': Infinity }[metering.tcpEnd];
  return {
    activeNs: metering.cache === 'immediate' ? 0 : metering.activeTimeoutMs * NS_PER_MS,
    inactiveNs: metering.inactiveTimeoutMs * NS_PER_MS,
    lingerNs: lingerMs * NS_PER_MS,
    octetLimit: metering.octetLimit === 0 ? Infinity : metering.octetLimit,
  };
}
