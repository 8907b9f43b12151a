import { isIPv4, type StoredAddress } from '../../core/net/stored-address.ts';
import { storedExporter } from '../collecting/exporter-address.ts';
import type { Exporter } from '../store/flow-store.ts';
import { addressWords } from './address-words.ts';

/** The columns of Flow Records and NAT events that tell who sent them. */
export interface ExporterColumns {
  readonly length: number;
  readonly exporter: Uint32Array;
  readonly exporterIPv6: Uint32Array;
  readonly observationDomainId: Uint32Array;
}

export function exporterAt({ exporter, exporterIPv6, observationDomainId }: ExporterColumns, row: number): Exporter {
  const ipv4 = exporter[row] as number;
  const ipv6 = ipv4 === 0 ? Array.from(exporterIPv6.subarray(4 * row, 4 * row + 4)) : undefined;
  const address = storedExporter({ ipv4, ipv6 });
  return { address, observationDomainId: observationDomainId[row] as number };
}

/** Whether the row was sent by whoever sent the other one. */
export function isSameExporter(columns: ExporterColumns, row: number, other: number): boolean {
  const { exporter, exporterIPv6, observationDomainId } = columns;
  if (exporter[row] !== exporter[other] || observationDomainId[row] !== observationDomainId[other]) return false;
  for (let word = 0; word < 4; word++) if (exporterIPv6[4 * row + word] !== exporterIPv6[4 * other + word]) return false;
  return true;
}

/** Writes an address into the column it belongs to. */
export function setAddress(ipv4: Uint32Array, ipv6: Uint32Array, row: number, address: StoredAddress): void {
  if (isIPv4(address)) ipv4[row] = Number(address);
  else ipv6.set(addressWords(address), 4 * row);
}
