// The one piece of the platform the pure folders may use: UTF-8 to and from text (WHATWG Encoding Standard). It is declared
// here because these folders are checked without the types of Node.js or of a browser, which declare it among much else.

interface Utf8Encoder {
  readonly encoding: string;
  /** The UTF-8 octets of `text`; a lone surrogate becomes U+FFFD, so they are always well-formed. */
  encode(text?: string): Uint8Array<ArrayBuffer>;
  encodeInto(text: string, destination: Uint8Array): { read: number; written: number };
}

interface Utf8Decoder {
  readonly encoding: string;
  readonly fatal: boolean;
  readonly ignoreBOM: boolean;
  /** Throws a TypeError on ill-formed octets when `fatal`, else puts U+FFFD in their place. */
  decode(octets?: ArrayBufferView | ArrayBuffer | null, options?: { stream?: boolean }): string;
}

declare var TextEncoder: { new (): Utf8Encoder; prototype: Utf8Encoder };
declare var TextDecoder: {
  new (label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean }): Utf8Decoder;
  prototype: Utf8Decoder;
};
