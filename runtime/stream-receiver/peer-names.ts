import type { TLSSocket } from 'node:tls';

/** The names a certificate gives its holder: DNS names and addresses of subjectAltName, and without any the Common Name (RFC 6125 section 6.4.4). */
export function peerNames(socket: TLSSocket): string[] {
  const { subjectaltname, subject } = socket.getPeerCertificate() as Partial<ReturnType<TLSSocket['getPeerCertificate']>>;
  const alternatives = (subjectaltname ?? '')
    .split(', ')
    .map((entry) => /^(?:DNS|IP Address):(.+)$/.exec(entry)?.[1])
    .filter((name) => name !== undefined);
  if (alternatives.length > 0) return alternatives;
  return subject?.CN === undefined ? [] : [subject.CN].flat();
}
