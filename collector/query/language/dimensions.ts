/** What flows can be told apart by. */
export interface Dimension {
  readonly about: string;
  /**
   * `number`: one column, with names for some numbers. `address`: columns by a stem, or several of which any may be meant. `name`: a column of
   * indexes into names. `holder`: the same, and a stem by which those without a name are told apart. `time`: the beginning of a span.
   */
  readonly kind: 'number' | 'address' | 'name' | 'holder' | 'time';
  readonly columns: readonly string[];
  /** Names for numbers, by which they are also shown. */
  readonly names?: Readonly<Record<string, number>>;
  /** Milliseconds of the span. */
  readonly spanMs?: number;
  /** It can be asked for with `where`, but is nothing to group by. */
  readonly isFilterOnly?: true;
}

const number = (column: string, about: string, names?: Dimension['names']): Dimension =>
  names === undefined ? { kind: 'number', columns: [column], about } : { kind: 'number', columns: [column], about, names };
const address = (stem: string, about: string): Dimension => ({ kind: 'address', columns: [stem], about });
const name = (column: string, about: string): Dimension => ({ kind: 'name', columns: [column], about });
const span = (spanMs: number, about: string): Dimension => ({ kind: 'time', columns: ['time_ms'], spanMs, about });
const filter = (column: string, about: string): Dimension => ({ ...number(column, about), isFilterOnly: true });

const PROTOCOLS = { icmp: 1, igmp: 2, tcp: 6, udp: 17, gre: 47, esp: 50, ah: 51, icmpv6: 58, ospf: 89, sctp: 132 };
const PORTS = {
  ftp: 21, ssh: 22, telnet: 23, smtp: 25, dns: 53, dhcp: 67, http: 80, pop3: 110, ntp: 123, imap: 143, snmp: 161, bgp: 179, ldap: 389,
  https: 443, smb: 445, syslog: 514, submission: 587, ldaps: 636, imaps: 993, pop3s: 995, mysql: 3306, rdp: 3389, ipfix: 4739, sip: 5060,
}; // prettier-ignore

/** By the words they are asked with. */
export const DIMENSIONS = {
  person: { kind: 'holder', columns: ['person', 'person_stranger'], about: 'whose device it is, by the inventory, else its address; flows of no inside host are left out' },
  device: { kind: 'holder', columns: ['device', 'device_stranger'], about: 'the device by the inventory and its leases, else its address' },
  address: address('inside', 'our end: the inside address, as it is before NAT'),
  server: address('server', 'the other end'),
  source: address('source', 'the source address, as it was exported'),
  destination: address('destination', 'the destination address, as it was exported'),
  ip: { kind: 'address', columns: ['source', 'destination', 'post_nat_source', 'post_nat_destination'], isFilterOnly: true, about: 'any of the addresses of a flow, before or after NAT' },
  'nat address': address('nat', 'our public address, in whose name the router sent and received'),
  port: number('server_port', "the server's port", PORTS),
  'source port': number('source_port', 'the source port', PORTS),
  'destination port': number('destination_port', 'the destination port', PORTS),
  protocol: number('protocol', 'the transport protocol', PROTOCOLS),
  app: name('app', "the application: by the exporter's word, DNS name, prefix or port"),
  category: name('category', 'what sort of application it is'),
  'server name': name('server_name', 'the name DNS gave the server'),
  exporter: address('exporter', 'who exported it'),
  domain: number('observation_domain_id', 'the Observation Domain'),
  'interface in': number('ingress_interface', 'the interface it came in by'),
  'interface out': number('egress_interface', 'the interface it left by'),
  'vrf in': number('ingress_vrf', 'the VRF it came in by'),
  'vrf out': number('egress_vrf', 'the VRF it left by'),
  'source as': number('source_as', 'the autonomous system of the source'),
  'destination as': number('destination_as', 'the autonomous system of the destination'),
  vlan: number('vlan_id', 'the VLAN'),
  direction: number('flow_direction', 'how it crossed the Observation Point', { unknown: 0, ingress: 1, egress: 2 }),
  version: number('ip_version', 'the version of IP: 4 or 6'),
  'export protocol': number('export_protocol', 'what the exporter spoke', { 'netflow-v1': 1, 'netflow-v5': 5, 'netflow-v7': 7, 'netflow-v9': 9, ipfix: 10, sflow: 255 }),
  'application id': number('application_id', "the exporter's number of the application"),
  hour: span(3_600_000, 'the hour, UTC'),
  day: span(86_400_000, 'the day, UTC'),
  'flow bytes': filter('octets', 'bytes of a record, as exported'),
  'flow packets': filter('packets', 'packets of a record, as exported'),
} as const satisfies Record<string, Dimension>; // prettier-ignore

export type DimensionName = keyof typeof DIMENSIONS;

/** Words for the same, because that is how people say it. */
export const SYNONYMS: Readonly<Record<string, DimensionName>> = {
  who: 'person',
  people: 'person',
  persons: 'person',
  devices: 'device',
  addresses: 'address',
  servers: 'server',
  src: 'source',
  sources: 'source',
  dst: 'destination',
  destinations: 'destination',
  ports: 'port',
  'server port': 'port',
  'server ports': 'port',
  'source ports': 'source port',
  'destination ports': 'destination port',
  protocols: 'protocol',
  apps: 'app',
  activity: 'app',
  application: 'app',
  applications: 'app',
  categories: 'category',
  'server names': 'server name',
  exporters: 'exporter',
  domains: 'domain',
  vlans: 'vlan',
  hours: 'hour',
  days: 'day',
};

/** The last of the words for what only names tell that exporters gave. */
const NAMED = [...Object.keys(DIMENSIONS), ...Object.keys(SYNONYMS)]
  .filter((word) => DIMENSIONS[SYNONYMS[word] ?? (word as DimensionName)].kind === 'name')
  .map((word) => word.split(' ').at(-1) as string);

/** Whether the text of a question may be about such names; when not, nobody needs to know them. */
export function mayBeAboutNames(text: string): boolean {
  const lower = text.toLowerCase();
  return NAMED.some((word) => lower.includes(word));
}

/** What is counted. */
export const MEASURES = {
  bytes: { unit: 'octets', about: 'octets of IP packets' },
  packets: { unit: 'number', about: 'packets' },
  flows: { unit: 'number', about: 'records; sampling says nothing of how many there would be, so they are never scaled' },
  duration: { unit: 'seconds', about: 'seconds from first to last packet of each record, added up' },
  rate: { unit: 'bits-per-second', about: 'bits a second, averaged over the time that is asked for or, without one, from the first packet to the last' },
  people: { unit: 'number', about: 'different people by the inventory; without one, different inside addresses' },
} as const; // prettier-ignore

export type MeasureName = keyof typeof MEASURES;
export type Unit = (typeof MEASURES)[MeasureName]['unit'];
