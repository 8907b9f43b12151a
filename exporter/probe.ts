import { isIPv6, UNSPECIFIED_IPV6 } from '../core/net/address-book.ts';
import type { IPv6Prefix } from '../core/net/ipv6-prefix.ts';
import type { PacketTrain } from '../core/net/packet-train.ts';
import type { Epoch, TrueNs } from '../core/time/instant.ts';
import type { VirtualClock } from '../core/time/virtual-clock.ts';
import { APPLICATION_NAMES, Classifier } from './classification/classifier.ts';
import { nat64PrefixOf, type MonitorConfig, type RouterConfig } from './config.ts';
import { classOfServiceOf } from './crossing.ts';
import { FlowMonitor } from './flow-monitor.ts';
import { outsideByNat64 } from './nat/nat64.ts';

/**
 * A device on the wire between the router and the internet, which meters and exports what passes there by its own clock. It sees
 * public endpoints alone, and what the router is about to drop as everything else.
 */
export class Probe {
  readonly monitor: FlowMonitor;
  readonly #classifier = new Classifier();
  readonly #nat64Prefix: IPv6Prefix | undefined;
  readonly #isBleached: boolean;

  /** `router`: behind which it is. */
  constructor(
    config: MonitorConfig,
    router: Pick<RouterConfig, 'nat64' | 'wanMarking'>,
    clock: VirtualClock,
    epoch: Epoch,
    startedAt: TrueNs,
  ) {
    this.monitor = new FlowMonitor(config, APPLICATION_NAMES, clock, epoch, startedAt);
    this.#nat64Prefix = nat64PrefixOf(router);
    this.#isBleached = router.wanMarking === 'bleach';
  }

  /** A train passes, from or to `publicAddress:publicPort`. */
  observe(train: PacketTrain, publicAddress: number, publicPort: number): void {
    const outsideTrain = outsideByNat64(train, this.#nat64Prefix);
    const { connection, direction } = outsideTrain;
    const { dnsAnswer } = connection;
    if (direction === 'down' && dnsAnswer !== 0 && dnsAnswer !== UNSPECIFIED_IPV6)
      this.monitor.exporting.learnName(train.startNs, dnsAnswer, connection.serverName);
    const classOfService = direction === 'up' && this.#isBleached ? 0 : classOfServiceOf(train);
    const insideAddress = isIPv6(publicAddress) ? connection.insideAddress : publicAddress;
    const insidePort = isIPv6(publicAddress) ? connection.insidePort : publicPort;
    this.monitor.observe({
      train: outsideTrain,
      outsideTrain,
      insideAddress,
      insidePort,
      publicAddress,
      publicPort,
      applicationId: this.#classifier.classify(connection),
      isTranslated: false,
      isDropped: false,
      classOfService,
      postClassOfService: classOfService,
    });
  }
}
