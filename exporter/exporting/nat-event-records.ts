import type { FieldValue } from '../../core/ipfix/record-values.ts';
import { elementByName } from '../../core/ipfix/registry/registry.ts';
import type { FieldSpecifier, Template } from '../../core/ipfix/template.ts';
import { formatAddress, isIPv6 } from '../../core/net/address-book.ts';
import type { NatEvent, NatQuotaEvent, NatThresholdEvent } from '../../core/net/nat-event.ts';
import {
  isOfHost,
  NAT_EVENT_PROFILES,
  type NatEventForm,
  type NatEventProfile,
  type NatEventSubject,
} from './nat-event-profiles.ts';

const FIRST_TEMPLATE_ID = 384;

/** The one pool and the one routing instance of the router. */
const NAT_POOL_ID = 1;
const VRF_ID = 0;

/** RFC 8158 section 4.4. */
const QUOTA: Readonly<Record<NatQuotaEvent['quota'], number>> = { sessions: 1, mappings: 2, 'host-mappings': 3, hosts: 4 };

/** RFC 8158 section 4.5. */
const THRESHOLD: Readonly<Record<NatThresholdEvent['threshold'], number>> = {
  'pool-high': 1,
  'pool-low': 2,
  'mappings-high': 3,
  'host-mappings-high': 4,
  'paired-mappings-high': 5,
};

/** What any event may say; a record takes only what its event has. */
interface EventFields {
  readonly kind: NatEvent['kind'];
  readonly protocol?: number;
  readonly insideAddress?: number;
  readonly insidePort?: number;
  readonly publicAddress?: number;
  readonly publicPort?: number;
  readonly remoteAddress?: number;
  readonly remotePort?: number;
  readonly remoteAddressInside?: number;
  readonly firstPort?: number;
  readonly lastPort?: number;
  readonly limit?: number;
  readonly quota?: NatQuotaEvent['quota'];
  readonly threshold?: NatThresholdEvent['threshold'];
}

/** Octets of each element on the wire, and its value when it is not of the record as a whole. */
const ELEMENTS: Readonly<Record<string, readonly [length: number, value: (event: EventFields) => number | string | undefined]>> =
  {
    sourceIPv4Address: [4, ({ insideAddress }) => insideAddress],
    sourceIPv6Address: [16, ({ insideAddress }) => insideAddress && formatAddress(insideAddress)],
    destinationIPv6Address: [16, ({ remoteAddressInside }) => remoteAddressInside && formatAddress(remoteAddressInside)],
    sourceTransportPort: [2, ({ insidePort }) => insidePort],
    postNATSourceIPv4Address: [4, ({ publicAddress }) => publicAddress],
    postNAPTSourceTransportPort: [2, ({ publicPort }) => publicPort],
    destinationIPv4Address: [4, ({ remoteAddress }) => remoteAddress],
    destinationTransportPort: [2, ({ remotePort }) => remotePort],
    postNATDestinationIPv4Address: [4, ({ remoteAddress }) => remoteAddress],
    postNAPTDestinationTransportPort: [2, ({ remotePort }) => remotePort],
    protocolIdentifier: [1, ({ protocol }) => protocol],
    ingressVRFID: [4, () => VRF_ID],
    natPoolId: [4, () => NAT_POOL_ID],
    portRangeStart: [2, ({ firstPort }) => firstPort],
    portRangeEnd: [2, ({ lastPort }) => lastPort],
    natQuotaExceededEvent: [4, ({ quota }) => quota && QUOTA[quota]],
    natThresholdEvent: [4, ({ threshold }) => threshold && THRESHOLD[threshold]],
    maxSessionEntries: [4, ({ limit }) => limit],
    maxBIBEntries: [4, ({ limit }) => limit],
    maxEntriesPerUser: [4, ({ limit }) => limit],
    maxSubscribers: [4, ({ limit }) => limit],
    addressPoolHighThreshold: [4, ({ limit }) => limit],
    addressPoolLowThreshold: [4, ({ limit }) => limit],
    addressPortMappingHighThreshold: [4, ({ limit }) => limit],
    addressPortMappingPerUserHighThreshold: [4, ({ limit }) => limit],
    globalAddressMappingHighThreshold: [4, ({ limit }) => limit],
  };

/** A Data Record and the Template that describes it. */
export interface NatEventRecord {
  readonly template: Template;
  readonly values: readonly FieldValue[];
}

/** NAT events as Data Records, by the profile of a device. */
export class NatEventRecords {
  readonly #profile: NatEventProfile;
  /** Events with the same elements share a Template (RFC 8158 section 4.6.1). */
  readonly #templates = new Map<string, Template>();

  constructor(profile: keyof typeof NAT_EVENT_PROFILES) {
    this.#profile = NAT_EVENT_PROFILES[profile];
    for (const [, ...elements] of Object.values(this.#profile)) {
      const id = FIRST_TEMPLATE_ID + this.#templates.size;
      const key = elements.join();
      if (!this.#templates.has(key)) this.#templates.set(key, { id, scopeFieldCount: 0, fields: elements.map(fieldOf) });
    }
  }

  /** `undefined` when the device has no record for such an event. The time is what the router's clock showed then, since 1970. */
  recordOf(event: NatEvent, observationTimeMs: number): NatEventRecord | undefined {
    const form = this.#profile[formOf(event)];
    if (form === undefined) return undefined;
    const [natEvent, ...elements] = form;
    const values = elements.map((element) => {
      if (element === 'observationTimeMilliseconds') return observationTimeMs;
      return element === 'natEvent' ? natEvent : (ELEMENTS[element]?.[1](event) ?? 0);
    });
    return { template: this.#templates.get(elements.join()) as Template, values };
  }
}

function formOf(event: NatEvent): NatEventForm {
  const form = subjectOf(event);
  return isOfHost(form) && 'insideAddress' in event && isIPv6(event.insideAddress) ? `nat64-${form}` : form;
}

function subjectOf(event: NatEvent): NatEventSubject {
  if (event.kind === 'quota-exceeded') return `quota-${event.quota}`;
  return event.kind === 'threshold-reached' ? `threshold-${event.threshold}` : event.kind;
}

function fieldOf(name: string): FieldSpecifier {
  const element = elementByName(name);
  if (element === undefined) throw new Error(`the registry has no element ${name}`);
  return { enterpriseNumber: 0, elementId: element.elementId, length: lengthOf(name) };
}

function lengthOf(name: string): number {
  if (name === 'observationTimeMilliseconds') return 8;
  return name === 'natEvent' ? 1 : (ELEMENTS[name]?.[0] ?? 0);
}
