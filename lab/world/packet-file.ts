import { isNat64 } from '../../core/net/nat64-address.ts';
import type { PacketTrain } from '../../core/net/packet-train.ts';
import { PacketWriter, type CapturePoint } from '../../core/net/train-packets/packet-writer.ts';
import type { Epoch, TrueNs } from '../../core/time/instant.ts';
import type { TrafficObserver } from '../../exporter/branch-office.ts';
import { translatedByNat64 } from '../../exporter/nat/nat64.ts';
import { CaptureFile } from '../../runtime/capture-file.ts';

/** The office's packets as a capture, by true time, on one side of the router. */
export class PacketFile implements TrafficObserver {
  readonly #file: CaptureFile;
  readonly #writer: PacketWriter;
  readonly #point: CapturePoint;

  /** Replaces the file at `path`; `bleaches`: whether the router takes DSCPs off what leaves. */
  constructor(path: string, epoch: Epoch, point: CapturePoint, bleaches = false) {
    this.#file = new CaptureFile(path);
    this.#writer = new PacketWriter(epoch, point, bleaches);
    this.#point = point;
  }

  passed(train: PacketTrain, publicAddress: number, publicPort: number): void {
    this.finish(train.startNs);
    const isTranslated = this.#point === 'wan' && isNat64(train.connection.insideAddress, publicAddress);
    this.#writer.add(isTranslated ? translatedByNat64(train) : train, publicAddress, publicPort);
  }

  /** What the inside gets no more is still seen outside. */
  dropped(train: PacketTrain, publicAddress: number, publicPort: number): void {
    if (this.#point === 'wan') this.passed(train, publicAddress, publicPort);
  }

  /** What cannot leave is still seen inside. */
  refused(train: PacketTrain): void {
    const { insideAddress, insidePort } = train.connection;
    if (this.#point === 'lan' && train.direction === 'up') this.passed(train, insideAddress, insidePort);
  }

  /** Writes every packet before `until`; all trains that start before it have been seen. */
  finish(until: TrueNs): void {
    for (let record = this.#writer.next(until); record !== undefined; record = this.#writer.next(until)) this.#file.write(record);
  }

  close(): void {
    this.#file.close();
  }
}
