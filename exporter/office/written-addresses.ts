import { AddressPlan } from './address-plan.ts';
import type { OfficeConfig, PersonConfig } from './config.ts';

/** An address that stands in the configuration and cannot be had. */
export interface AddressMistake {
  /** The key it stands at: `people[3].ip`. */
  readonly where: string;
  readonly message: string;
}

/** Which addresses of the configuration lie outside the office's network or are used twice; one mistake for each key. */
export const addressMistakes = (office: OfficeConfig, people: readonly PersonConfig[]): AddressMistake[] =>
  reserveWritten(office, people, new AddressPlan(office.network));

/** Sets them aside in `plan`; says which cannot be had. */
export function reserveWritten(office: OfficeConfig, people: readonly PersonConfig[], plan: AddressPlan): AddressMistake[] {
  const mistakes: AddressMistake[] = [];
  const reserve = (where: string, address: number, holder: string): boolean => {
    const message = plan.reserve(address, holder);
    if (message !== undefined) mistakes.push({ where, message });
    return message === undefined;
  };
  for (const address of poolAddresses(office)) if (!reserve('office.dhcp.pool', address, 'the DHCP server to lend')) break;
  people.forEach(({ ip, name }, index) => ip !== undefined && reserve(`people[${index}].ip`, ip, name));
  office.devices.forEach(({ ip, name }, index) => reserve(`office.devices[${index}].ip`, ip, name));
  return mistakes;
}

const poolAddresses = ({ dhcp }: OfficeConfig): number[] =>
  dhcp === undefined ? [] : Array.from({ length: 2 ** (32 - dhcp.pool.length) }, (_, host) => dhcp.pool.address + host);
