import type { Epoch, TrueNs } from '../../core/time/instant.ts';
import type { IPv4Exporter } from '../../collector/store/flow-store.ts';
import type { MonitorConfig, RouterConfig } from '../../exporter/config.ts';
import type { Router } from '../../exporter/router.ts';
import type { Ledger } from '../verify/ledger.ts';
import type { ExportPath } from './export-path.ts';
import type { KeptClock } from './kept-clock.ts';
import type { LeaseLog } from './lease-log.ts';

/** A router or a probe: what it is known by, how it meters and exports, its clock, and the truth of what it saw and sent. */
export interface MeteringDevice extends MonitorConfig {
  readonly name: string;
  readonly exporter: IPv4Exporter;
  /** The translation it is beside, or does. */
  readonly nat: RouterConfig['nat'];
  readonly exported: Router['exported'];
  readonly clock: KeptClock;
  readonly epoch: Epoch;
  readonly end: TrueNs;
  readonly ledger: Ledger;
  /** The ledger of the router that translates, which knows who used a public endpoint. */
  readonly translator: Ledger;
  readonly path: ExportPath;
  /** Who had which lent address when, of the addresses it tells. */
  readonly leases: LeaseLog;
}
