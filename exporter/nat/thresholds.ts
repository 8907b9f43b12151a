import type { NatThresholdEvent } from '../../core/net/nat-event.ts';
import type { TrueNs } from '../../core/time/instant.ts';
import type { NatConfig } from './config.ts';
import type { EventLog } from './event-log.ts';

/** What counts for each host alone. */
type HostThreshold = 'host-mappings-high' | 'paired-mappings-high';

/** Reports when the operator's marks are reached (RFC 8158 section 4.5), each once until it was left again. */
export class Thresholds {
  readonly #config: NatConfig;
  readonly #log: EventLog;
  #mappingsAreHigh = false;
  #poolIsHigh = false;
  readonly #highHosts = { 'host-mappings-high': new Set<number>(), 'paired-mappings-high': new Set<number>() };

  constructor(config: NatConfig, log: EventLog) {
    this.#config = config;
    this.#log = log;
  }

  /** To be called when there is one mapping more or less, with what there is now. */
  changed(at: TrueNs, mappings: number, addressesInUse: number, insideAddress: number, mappingsOfHost: number): void {
    const { mappingsHighThreshold: high = Infinity, hostMappingsHighThreshold, pairedMappingsHighThreshold } = this.#config;
    if (mappings >= high && !this.#mappingsAreHigh) this.#report(at, 'mappings-high', high, 0);
    this.#mappingsAreHigh = mappings >= high;
    this.#hostChanged(at, 'host-mappings-high', hostMappingsHighThreshold, insideAddress, mappingsOfHost);
    this.#hostChanged(at, 'paired-mappings-high', pairedMappingsHighThreshold, insideAddress, mappingsOfHost);
    this.#poolChanged(at, addressesInUse);
  }

  #hostChanged(at: TrueNs, threshold: HostThreshold, high = Infinity, insideAddress: number, mappings: number): void {
    const highHosts = this.#highHosts[threshold];
    if (mappings < high) highHosts.delete(insideAddress);
    else if (!highHosts.has(insideAddress)) {
      highHosts.add(insideAddress);
      this.#report(at, threshold, high, threshold === 'host-mappings-high' ? insideAddress : 0);
    }
  }

  /** The low mark counts once the high one was reached, or without one once more than the low one were in use. */
  #poolChanged(at: TrueNs, inUse: number): void {
    const { poolLowThreshold: low = -1, poolHighThreshold: high = low + 1 } = this.#config;
    if (inUse >= high && !this.#poolIsHigh) {
      this.#poolIsHigh = true;
      if (this.#config.poolHighThreshold !== undefined) this.#report(at, 'pool-high', high, 0);
    } else if (this.#poolIsHigh && inUse <= (this.#config.poolLowThreshold ?? high - 1)) {
      this.#poolIsHigh = false;
      if (this.#config.poolLowThreshold !== undefined) this.#report(at, 'pool-low', low, 0);
    }
  }

  #report(at: TrueNs, threshold: NatThresholdEvent['threshold'], limit: number, insideAddress: number): void {
    this.#log.report({ kind: 'threshold-reached', at, threshold, limit, insideAddress });
  }
}
