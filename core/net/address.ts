/** IPv4 addresses are unsigned 32-bit integers inside the house and dotted text at its edges. */

/** The address, or `undefined` when the text is not four decimal octets. */
export function parseIPv4(text: string): number | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  if (match === null) return undefined;
  let address = 0;
  for (let index = 1; index <= 4; index++) {
    const octet = Number(match[index]);
    if (octet > 255 || (match[index] as string).length !== String(octet).length) return undefined;
    address = address * 256 + octet;
  }
  return address;
}

/** Dotted text of an address. */
export const formatIPv4 = (address: number): string =>
  `${address >>> 24}.${(address >>> 16) & 255}.${(address >>> 8) & 255}.${address & 255}`;

export interface IPv4Prefix {
  readonly address: number;
  readonly length: number;
}

/** The prefix in `10.0.0.0/8` notation (a bare address is a /32), or `undefined`. */
export function parsePrefix(text: string): IPv4Prefix | undefined {
  const [addressText, lengthText, ...rest] = text.split('/');
  const address = parseIPv4(addressText ?? '');
  const length = lengthText === undefined ? 32 : /^\d{1,2}$/.test(lengthText) ? Number(lengthText) : -1;
  if (address === undefined || length < 0 || length > 32 || rest.length > 0) return undefined;
  return { address: maskTo(address, length), length };
}

/** Whether the prefix holds the address. */
export const prefixHas = (prefix: IPv4Prefix, address: number): boolean => maskTo(address, prefix.length) === prefix.address;

/** The address with all but the first `length` bits cleared. */
const maskTo = (address: number, length: number): number => (length === 0 ? 0 : (address & (0xffffffff << (32 - length))) >>> 0);
