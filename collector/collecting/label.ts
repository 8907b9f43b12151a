import type { StoredAddress } from '../../core/net/stored-address.ts';
import type { ExporterAddress } from './exporter-address.ts';

/** What a number stands for that an exporter uses in its records; `address` is a name DNS gave an address for. */
export type LabelKind = 'application' | 'interface' | 'vrf' | 'address';

/** A name an exporter gave to such a number, by options (RFC 7011 section 3.4.2.2). The latest counts. */
export interface Label {
  readonly exporter: ExporterAddress;
  readonly observationDomainId: number;
  readonly kind: LabelKind;
  readonly id: StoredAddress;
  readonly name: string;
  /** Microseconds since 1970 by the collector's clock. */
  readonly learntAtUs: number;
}

/**
 * A name for an application id (RFC 6759), which holds in the Observation Domain of the exporter that gave it; one given in domain 0, which is the
 * whole Exporting Process (RFC 7011 section 3.1), in all its domains that do not name the id themselves.
 */
export interface ApplicationName {
  readonly exporter: StoredAddress;
  readonly observationDomainId: number;
  readonly id: number;
  readonly name: string;
}
