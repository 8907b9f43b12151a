import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A key and its certificate as PEM text. */
export interface Credentials {
  readonly key: string;
  readonly cert: string;
}

/** Makes a certificate authority and what it vouches for, with the openssl program. */
export function makeCertificates(): Record<'server' | 'client' | 'alternative', Credentials> & { readonly ca: string } {
  const directory = mkdtempSync(join(tmpdir(), 'flowlab-certificates-'));
  const openssl = (...args: string[]): void => void execFileSync('openssl', args, { cwd: directory, stdio: 'ignore' });
  const read = (file: string): string => readFileSync(join(directory, file), 'utf8');
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  try {
    openssl('req', '-x509', ...newKey, '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=a test authority', '-days', '2');
    const vouched = (name: string, alternatives?: string): Credentials => {
      openssl('req', ...newKey, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}`);
      const by = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2'];
      if (alternatives !== undefined) writeFileSync(join(directory, 'extensions'), `subjectAltName=${alternatives}`);
      const extensions = alternatives === undefined ? [] : ['-extfile', 'extensions'];
      openssl('x509', '-req', '-in', `${name}.csr`, ...by, ...extensions, '-out', `${name}.pem`);
      return { key: read(`${name}.key`), cert: read(`${name}.pem`) };
    };
    const alternative = vouched('hidden', 'DNS:Exporter.Example,IP:192.0.2.1');
    return { ca: read('ca.pem'), server: vouched('localhost'), client: vouched('exporter'), alternative };
  } finally {
    rmSync(directory, { recursive: true });
  }
}
