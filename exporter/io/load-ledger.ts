import type { LoadTally } from '../load/load-tally.ts';
import { TextFile } from './text-file.ts';

const HEADER =
  'second,exporter,source,domain,messages,flows,packets,octets,refused_messages,refused_flows,refused_packets,refused_octets\n';

/** What each exporter of a load has sent up to the end of each second, from the beginning, and what the system refused to send. */
export class LoadLedger {
  readonly #file: TextFile;
  readonly #tallies: readonly LoadTally[];
  /** `source,domain` of each. */
  readonly #names: readonly string[];

  /** `sources[i]` is where exporter `i` sends from. Throws an Error of one sentence when the file cannot be written. */
  constructor(path: string, tallies: readonly LoadTally[], sources: readonly string[]) {
    this.#file = new TextFile(path, HEADER);
    this.#tallies = tallies;
    this.#names = sources.map((source, index) => `${source},${index + 1}`);
  }

  /** Writes a line for each exporter. */
  write(second: number): void {
    this.#tallies.forEach(({ accepted, refused }, index) => {
      const figures = [accepted, refused].flatMap(({ messages, flows, packets, octets }) => [messages, flows, packets, octets]);
      this.#file.write(`${second},${index},${this.#names[index]},${figures.join(',')}\n`);
    });
    this.#file.flush();
  }

  close(): void {
    this.#file.close();
  }
}
