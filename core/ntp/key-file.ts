/** How a key makes its digest. MD5 is for files that are old: RFC 8573 forbids to use it. */
export const KEY_TYPES = ['MD5', 'SHA1', 'SHA256', 'SHA384', 'SHA512', 'AES128', 'AES256'] as const;
export type KeyType = (typeof KEY_TYPES)[number];

export interface KeyFileEntry {
  readonly id: number;
  readonly type: KeyType;
  readonly secret: Uint8Array;
}

/** What is wrong in a line, both from 1. */
export interface KeyFileMistake {
  readonly line: number;
  readonly column: number;
  readonly sentence: string;
}

export interface KeyFile {
  readonly entries: readonly KeyFileEntry[];
  readonly mistakes: readonly KeyFileMistake[];
}

const AES_KEY_LENGTH: Readonly<Partial<Record<KeyType, number>>> = { AES128: 16, AES256: 32 };

/**
 * Reads keys as chrony writes them (chrony.conf, `keyfile`): a line is an identifier, a type, which is MD5 where it is left out,
 * and a secret as `HEX:` digits or as `ASCII:` characters, which need no prefix. Lines that begin with `#`, `%`, `;` or `!` are comments.
 */
export function parseKeyFile(text: string): KeyFile {
  const entries = new Map<number, KeyFileEntry>();
  const mistakes: KeyFileMistake[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const words = [...line.matchAll(/\S+/g)];
    if (words.length === 0 || /^[#%;!]/.test(words[0]?.[0] as string)) continue;
    const { entry, word = 0, sentence } = readLine(words.map(([word]) => word));
    const refuse = (at: number, why: string): void => {
      mistakes.push({ line: index + 1, column: (words[Math.min(at, words.length - 1)]?.index ?? 0) + 1, sentence: why });
    };
    if (entry === undefined) refuse(word, sentence);
    else if (entries.has(entry.id)) refuse(0, `key ${entry.id} is there already`);
    else entries.set(entry.id, entry);
  }
  return { entries: [...entries.values()], mistakes };
}

type Line =
  | { readonly entry: KeyFileEntry; readonly word?: never; readonly sentence?: never }
  | { readonly entry?: never; readonly word: number; readonly sentence: string };

function readLine(words: readonly string[]): Line {
  const [idText = '', typeText, secretText] = words.length === 2 ? [words[0], 'MD5', words[1]] : words;
  const id = /^\d{1,10}$/.test(idText) ? Number(idText) : 0;
  if (id < 1 || id > 0xffffffff) return { word: 0, sentence: `"${idText}" is not a key identifier from 1 to 4294967295` };
  if (secretText === undefined || words.length > 3) {
    return {
      word: words.length - 1,
      sentence: 'expected an identifier, a type and a secret, such as "1 SHA1 HEX:0123456789abcdef"',
    };
  }
  const type = KEY_TYPES.find((each) => each === typeText?.toUpperCase());
  if (type === undefined) return { word: 1, sentence: `"${typeText}" is not a type of key, known are ${KEY_TYPES.join(', ')}` };
  const word = words.length - 1;
  const secret = readSecret(secretText);
  if (secret === undefined)
    return { word, sentence: 'the secret is not an even number of hexadecimal digits after HEX:, nor ASCII' };
  const wanted = AES_KEY_LENGTH[type];
  if (wanted !== undefined && secret.length !== wanted) {
    return { word, sentence: `a key for ${type} has ${wanted} octets, this one has ${secret.length}` };
  }
  return { entry: { id, type, secret } };
}

function readSecret(text: string): Uint8Array | undefined {
  if (text.startsWith('HEX:')) {
    const digits = text.slice(4);
    if (!/^([0-9a-fA-F]{2})+$/.test(digits)) return undefined;
    return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  }
  const characters = text.replace(/^ASCII:/, '');
  return /^[\x21-\x7e]+$/.test(characters) ? Uint8Array.from(characters, (character) => character.charCodeAt(0)) : undefined;
}
