import type { StoredAddress } from '../../../core/net/stored-address.ts';

/** Zeros in hexadecimal: an address is 32 digits. */
const ZEROS = '0'.repeat(32);

/** What a column `..._ipv6` holds where there is no address, of the type of the column: servers of 2018 let no text stand beside it in a CASE. */
export const NO_IPV6 = `toFixedString(unhex('${ZEROS}'), 16)`;

/** The 32 digits of an address as `hex` writes them. */
export const hexOf = (address: StoredAddress): string => address.toString(16).toUpperCase().padStart(ZEROS.length, '0');

/** An address as a column `..._ipv6` holds it. */
export const octetsOf = (address: StoredAddress): string => `toFixedString(unhex('${hexOf(address)}'), 16)`;

/** Whichever address of the two columns is there, as the 16 octets of its number. */
export const shownAddress = (ipv4: string, ipv6: string): string => `if(${ipv6} = ${NO_IPV6}, ${widened(ipv4)}, ${ipv6})`;

/** An IPv4 address as the 16 octets of the same number. The octets of a number end where only zeros follow: they are put back. */
const widened = (ipv4: string): string =>
  `toFixedString(concat(unhex('${ZEROS.slice(8)}'), reverse(toFixedString(reinterpretAsString(${ipv4}), 4))), 16)`;
