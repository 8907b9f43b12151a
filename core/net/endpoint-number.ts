/** An address (`address-book.ts`) and a transport port in one safe integer: an endpoint can be a key and needs no object. */

/** The endpoint as a number; ports are the identifier for ICMP queries (RFC 5508 section 3.1). */
export const endpointNumber = (address: number, port: number): number => address * 65_536 + port;

export const addressOfEndpoint = (endpoint: number): number => Math.floor(endpoint / 65_536);

export const portOfEndpoint = (endpoint: number): number => endpoint % 65_536;
