import { MessageStream } from '../../core/ipfix/message-stream.ts';
import { CaptureReader } from '../../core/net/capture/capture-reader.ts';
import { UdpReader } from '../../core/net/packet/udp-reader.ts';
import type { ReadingConfig } from './config.ts';
import { ExportReader } from './export-reader.ts';
import type { ReadRecord } from './record.ts';

const IPFIX_VERSION = 10;
const US_PER_S = 1e6;
const NS_PER_US = 1e3;

/**
 * Reads what exporters sent from a file, as its octets come: a capture (pcap, pcapng) of datagrams, or IPFIX Messages one after the
 * other (RFC 5655). Never throws, whatever the octets.
 */
export class FileReader {
  readonly reader: ExportReader;
  readonly capture = new CaptureReader();
  readonly udp: UdpReader;
  readonly stream: MessageStream;
  /** Datagrams to other ports than the one asked for. */
  otherPorts = 0;
  readonly #port: number | undefined;
  #beginning: Uint8Array = new Uint8Array(0);
  #kind: 'capture' | 'messages' | undefined;

  /** With `port` only datagrams to that port are read. */
  constructor(config: ReadingConfig, port: number | undefined, onRecord: (record: ReadRecord) => void) {
    this.reader = new ExportReader(config, onRecord);
    this.udp = new UdpReader({ maxPackets: config.maxFragmentedPackets, timeoutS: config.fragmentTimeoutS });
    this.stream = new MessageStream((issue) => this.reader.counters.issue(issue, this.reader.received));
    this.#port = port;
  }

  /** `undefined` until two octets have come. */
  get kind(): 'capture' | 'messages' | undefined {
    return this.#kind;
  }

  handle(octets: Uint8Array): void {
    if (this.#kind !== undefined) return this.#read(octets);
    this.#beginning = Uint8Array.of(...this.#beginning, ...octets.subarray(0, 2));
    if (this.#beginning.length < 2) return;
    const [first, second] = this.#beginning;
    this.#kind = first === 0 && second === IPFIX_VERSION ? 'messages' : 'capture';
    const before = this.#beginning.length - Math.min(2, octets.length);
    if (before > 0) this.#read(this.#beginning.slice(0, before));
    this.#read(octets);
  }

  /** The file has ended. */
  end(): void {
    this.capture.end();
    this.stream.end();
  }

  #read(octets: Uint8Array): void {
    if (this.#kind === 'messages') this.#readMessages(octets);
    else this.#readCapture(octets);
  }

  #readMessages(octets: Uint8Array): void {
    this.stream.handle(octets);
    for (let message = this.stream.next(); message !== undefined; message = this.stream.next()) {
      // A file does not say when its Messages came.
      const exportTimeS = new DataView(message.buffer, message.byteOffset).getUint32(4);
      this.reader.handle({
        payload: message,
        source: '',
        receivedAtUs: exportTimeS * US_PER_S,
        isReceiptTold: false,
        isReliable: true,
      });
    }
  }

  #readCapture(octets: Uint8Array): void {
    const { frame } = this.capture;
    this.capture.handle(octets);
    while (this.capture.next()) {
      const datagram = this.udp.read(frame);
      if (datagram === undefined) continue;
      const { sourceAddress, sourcePort, destinationPort, payload } = datagram;
      if (this.#port !== undefined && destinationPort !== this.#port) this.otherPorts++;
      else {
        const receivedAtUs = frame.timeS * US_PER_S + Math.floor(frame.timeNs / NS_PER_US);
        this.reader.handle({ payload, source: `${sourceAddress}:${sourcePort}`, receivedAtUs });
      }
    }
  }
}
