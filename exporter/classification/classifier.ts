import type { Connection } from '../../core/net/packet-train.ts';

/** What the router recognises: by the server's name when one is to be seen, else by transport port. */
interface Application {
  readonly name: string;
  readonly suffixes?: readonly string[];
  readonly ports?: readonly (readonly [protocol: number, first: number, last: number])[];
}

const TCP = 6;
const UDP = 17;

/** The order is the selector, counted from 1, so entries are only ever added at the end. */
const APPLICATIONS: readonly Application[] = [
  { name: 'youtube', suffixes: ['googlevideo.com', 'youtube.com', 'ytimg.com', 'ggpht.com', 'youtubei.googleapis.com'] },
  { name: 'netflix', suffixes: ['nflxvideo.net', 'netflix.com'] },
  { name: 'spotify', suffixes: ['scdn.co', 'spotify.com'] },
  { name: 'smtp-submission', ports: [[TCP, 587, 587]] },
  { name: 'imap', ports: [[TCP, 993, 993]] },
  { name: 'dropbox', suffixes: ['dropbox.com', 'dropboxapi.com', 'dropboxusercontent.com'] },
  { name: 'software-download', suffixes: ['download.example'] },
  { name: 'onedrive', suffixes: ['onedrive.com', 'sharepoint.com'] },
  { name: 'zoom', suffixes: ['zoom.us'], ports: [[UDP, 8801, 8810]] },
  { name: 'teams', suffixes: ['teams.microsoft.com'], ports: [[UDP, 3478, 3481]] },
  { name: 'windows-update', suffixes: ['windowsupdate.com', 'update.microsoft.com'] },
  { name: 'business-apps', suffixes: ['office.com', 'salesforce.com'] },
  { name: 'web', ports: [[TCP, 443, 443], [UDP, 443, 443], [TCP, 80, 80]] }, // prettier-ignore
  { name: 'dns', ports: [[UDP, 53, 53], [TCP, 53, 53]] }, // prettier-ignore
  { name: 'ntp', ports: [[UDP, 123, 123]] },
  { name: 'bittorrent', ports: [[TCP, 6881, 6889], [UDP, 6881, 6889]] }, // prettier-ignore
  { name: 'google-search', suffixes: ['google.com', 'gstatic.com'] },
  { name: 'gmail', suffixes: ['mail.google.com'] },
  { name: 'slack', suffixes: ['slack.com'] },
  { name: 'voip', suffixes: ['telephony.example'], ports: [[UDP, 5060, 5061], [UDP, 16384, 32767]] }, // prettier-ignore
  { name: 'ssh', ports: [[TCP, 22, 22]] },
  { name: 'rdp', ports: [[TCP, 3389, 3389]] },
  { name: 'vpn', ports: [[UDP, 500, 500], [UDP, 4500, 4500]] }, // prettier-ignore
  { name: 'cloud-backup', suffixes: ['backup.example'] },
  { name: 'camera-cloud', suffixes: ['cameras.example'] },
  { name: 'printer-telemetry', suffixes: ['printers.example'] },
  { name: 'push', ports: [[TCP, 5223, 5223], [TCP, 5228, 5230]] }, // prettier-ignore
];

/** Names whose application is remembered; it is looked up again when there were more. */
const MOST_NAMES = 16_384;

/** RFC 6759 section 4.1: engine 6, "user defined", in the top octet, the selector in the lower three. */
const idOf = (index: number): number => 6 * 2 ** 24 + index + 1;

/** The table of names the router exports. */
export const APPLICATION_NAMES = APPLICATIONS.map(({ name }, index) => ({ id: idOf(index), name }));

/** Recognises the application of a connection as a router does that reads TLS server names and knows well-known ports. */
export class Classifier {
  readonly #bySuffix = new Map<string, number>();
  readonly #byName = new Map<string, number>();
  readonly #byPort = new Map<number, number>();

  constructor() {
    APPLICATIONS.forEach(({ suffixes = [], ports = [] }, index) => {
      for (const suffix of suffixes) this.#bySuffix.set(suffix, idOf(index));
      for (const [protocol, first, last] of ports) {
        for (let port = first; port <= last; port++) this.#byPort.set(protocol * 65_536 + port, idOf(index));
      }
    });
  }

  /** The application's id, 0 when it is not recognised. */
  classify(connection: Connection): number {
    const { protocol, serverPort, serverName } = connection;
    const byPort = this.#byPort.get(protocol * 65_536 + serverPort) ?? 0;
    // A DNS question names somebody else's server, so its port decides.
    if (serverName === '' || serverPort === 53) return byPort;
    let byName = this.#byName.get(serverName);
    if (byName === undefined) {
      if (this.#byName.size === MOST_NAMES) this.#byName.clear();
      this.#byName.set(serverName, (byName = this.#lookUp(serverName)));
    }
    return byName === 0 ? byPort : byName;
  }

  #lookUp(name: string): number {
    for (let rest = name; rest !== ''; rest = rest.slice(rest.indexOf('.') + 1)) {
      const id = this.#bySuffix.get(rest);
      if (id !== undefined) return id;
      if (!rest.includes('.')) return 0;
    }
    return 0;
  }
}
