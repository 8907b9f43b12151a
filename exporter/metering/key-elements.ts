import type { FlowKey, MeteringConfig } from './config.ts';
import { tellsApartByPostNat } from './flow-key.ts';

/** The Information Elements that show each Flow Key. */
const ELEMENTS: Readonly<Record<FlowKey, readonly string[]>> = {
  sourceAddress: ['sourceIPv4Address', 'sourceIPv6Address'],
  destinationAddress: ['destinationIPv4Address', 'destinationIPv6Address'],
  sourcePort: ['sourceTransportPort'],
  destinationPort: ['destinationTransportPort'],
  protocol: ['protocolIdentifier'],
  classOfService: ['ipClassOfService'],
  vlanId: ['vlanId'],
  ingressInterface: ['ingressInterface'],
  postNatEndpoints: [
    'postNATSourceIPv4Address',
    'postNATSourceIPv6Address',
    'postNATDestinationIPv4Address',
    'postNATDestinationIPv6Address',
    'postNAPTSourceTransportPort',
    'postNAPTDestinationTransportPort',
  ],
};

/** Names of the Information Elements by which the Metering Process tells flows apart; the IP version always does. */
export function keyElementsOf(config: MeteringConfig): ReadonlySet<string> {
  const keys = config.keys.filter((key) => key !== 'postNatEndpoints' || tellsApartByPostNat(config));
  return new Set(['ipVersion', ...keys.flatMap((key) => ELEMENTS[key])]);
}
