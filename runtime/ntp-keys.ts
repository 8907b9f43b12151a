import { createCipheriv, createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { aesCmac } from '../core/ntp/aes-cmac.ts';
import { parseKeyFile, type KeyFileEntry } from '../core/ntp/key-file.ts';
import type { KeyRing, SymmetricKey } from '../core/ntp/symmetric-key.ts';
import { ConfigError } from './config/config-error.ts';

/** The keys of a file as chrony writes it. Throws a `ConfigError` with a sentence for each mistake: `chrony.keys:3:3 "SHA" is not a type of key`. */
export function readNtpKeys(file: string): KeyRing {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new ConfigError([`${file}: ${code === 'ENOENT' ? 'there is no such file' : `cannot be read: ${message}`}`]);
  }
  const { entries, mistakes } = parseKeyFile(text);
  if (mistakes.length > 0) {
    throw new ConfigError(mistakes.map(({ line, column, sentence }) => `${basename(file)}:${line}:${column} ${sentence}`));
  }
  return new Map(entries.map((entry) => [entry.id, keyOf(entry)]));
}

/**
 * The key of a file that two options tell together: the file, and which of its keys; `undefined` when neither is told. `names` are theirs
 * on the command line, for the sentence of the `ConfigError` that is thrown when one is missing or the file has no such key.
 */
export function readNtpKey(
  { file, id }: { readonly file: string | undefined; readonly id: number | undefined },
  names: { readonly file: string; readonly id: string },
): SymmetricKey | undefined {
  if (file === undefined && id === undefined) return undefined;
  if (file === undefined || id === undefined) {
    throw new ConfigError([`${names.file} and ${names.id} belong together: a file of keys, and which of them to use`]);
  }
  const keys = readNtpKeys(file);
  const key = keys.get(id);
  if (key === undefined) throw new ConfigError([`${names.id} ${id}: ${file} has ${listOf(keys)}`]);
  return key;
}

const listOf = (keys: KeyRing): string => (keys.size === 0 ? 'no keys' : `the keys ${[...keys.keys()].join(', ')}`);

/** The first four octets of it stand for an IPv6 address (RFC 5905 section 7.3): a name, not a secret. */
export const md5 = (octets: Uint8Array): Uint8Array => createHash('md5').update(octets).digest();

/** A key by this machine's cryptography. */
export function keyOf({ id, type, secret }: KeyFileEntry): SymmetricKey {
  if (type === 'AES128' || type === 'AES256') {
    const cipher = createCipheriv(type === 'AES128' ? 'aes-128-ecb' : 'aes-256-ecb', secret, null);
    return { id, digest: (message) => aesCmac((block) => cipher.update(block), message) };
  }
  return { id, digest: (message) => createHash(type.toLowerCase()).update(secret).update(message).digest() };
}
