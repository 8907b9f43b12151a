import { scramble } from './conversation.ts';

const HANDSHAKE = 22;
const CLIENT_HELLO = 1;
const SERVER_HELLO = 2;
const TLS_1_2 = 0x0303;
const TLS_1_3 = 0x0304;
const AES_128_GCM_SHA256 = 0x1301;
const CIPHER_SUITES = [0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030];
const X25519 = 0x001d;
const EXTENSION = {
  serverName: 0,
  supportedGroups: 10,
  signatureAlgorithms: 13,
  padding: 21,
  supportedVersions: 43,
  keyShare: 51,
};
/** A ClientHello is padded to this by many clients, for the sake of servers that hang between 256 and 511 octets (RFC 7685). */
const CLIENT_HELLO_LENGTH = 512;
/** "middlebox compatibility", RFC 8446 appendix D.4. */
const CHANGE_CIPHER_SPEC = [20, 3, 3, 0, 1, 1];

type Octets = readonly number[];

/** What a client's TLS 1.3 stream begins with (RFC 8446 section 4.1.2): a ClientHello for the server's name. */
export function clientOpening(serverName: string, seed: number): Uint8Array {
  const name = [...serverName].map((letter) => letter.charCodeAt(0) & 0x7f);
  const extensions = [
    ...extension(EXTENSION.serverName, withLength16([0, ...withLength16(name)])),
    ...extension(EXTENSION.supportedGroups, withLength16([...uint16(X25519), 0, 0x17, 0, 0x18])),
    ...extension(EXTENSION.signatureAlgorithms, withLength16([4, 3, 8, 4, 4, 1, 5, 3, 8, 5, 5, 1])),
    ...extension(EXTENSION.supportedVersions, withLength8([...uint16(TLS_1_3), ...uint16(TLS_1_2)])),
    ...extension(EXTENSION.keyShare, withLength16([...uint16(X25519), ...withLength16(chance(seed ^ 3, 32))])),
  ];
  const beforeExtensions = [
    ...uint16(TLS_1_2),
    ...chance(seed ^ 1, 32),
    ...withLength8(chance(seed ^ 2, 32)),
    ...withLength16(CIPHER_SUITES.flatMap(uint16)),
    ...[1, 0], // no compression
  ];
  const padding = Math.max(0, CLIENT_HELLO_LENGTH - 4 - beforeExtensions.length - 2 - extensions.length - 4);
  extensions.push(...extension(EXTENSION.padding, new Array<number>(padding).fill(0)));
  return Uint8Array.from([...handshake(CLIENT_HELLO, [...beforeExtensions, ...withLength16(extensions)]), ...CHANGE_CIPHER_SPEC]);
}

/** What the server answers (section 4.1.3), to the client's session id of the same seed. */
export function serverOpening(seed: number): Uint8Array {
  const extensions = [
    ...extension(EXTENSION.keyShare, [...uint16(X25519), ...withLength16(chance(seed ^ 5, 32))]),
    ...extension(EXTENSION.supportedVersions, uint16(TLS_1_3)),
  ];
  const hello = [
    ...uint16(TLS_1_2),
    ...chance(seed ^ 4, 32),
    ...withLength8(chance(seed ^ 2, 32)),
    ...uint16(AES_128_GCM_SHA256),
    0,
    ...withLength16(extensions),
  ];
  return Uint8Array.from([...handshake(SERVER_HELLO, hello), ...CHANGE_CIPHER_SPEC]);
}

/** A handshake message in a record of its own (RFC 8446 sections 4 and 5.1). */
const handshake = (type: number, body: Octets): Octets => [
  HANDSHAKE,
  ...[3, 1],
  ...withLength16([type, 0, ...withLength16(body)]),
];

const extension = (type: number, data: Octets): Octets => [...uint16(type), ...withLength16(data)];

const uint16 = (value: number): Octets => [value >>> 8, value & 255];
const withLength16 = (data: Octets): Octets => [...uint16(data.length), ...data];
const withLength8 = (data: Octets): Octets => [data.length, ...data];

const chance = (seed: number, length: number): number[] =>
  Array.from({ length }, (_, index) => scramble(Math.imul(seed, 64) + index) & 255);
