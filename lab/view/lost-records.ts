import { formatAddress } from '../../core/net/address-book.ts';
import { NS_PER_MS } from '../../core/time/instant.ts';
import type { LostRecord } from '../../collector/api/view/record-truth.ts';
import { caseOf } from '../findings/case.ts';
import { judgeTimes } from '../verify/damage/judge-times.ts';
import { endpointsOf } from '../verify/endpoints.ts';
import { UP } from '../verify/ledger.ts';
import type { MessageTimes } from '../verify/message-times.ts';
import { Records, STRANGER } from '../verify/records.ts';
import type { SentMessage } from '../world/export-path.ts';
import type { MeteringDevice } from '../world/metering-device.ts';

/** First and last packet of lost records, by their row in `ExportPath.lostRecords`; in true nanoseconds since the scenario's epoch. */
export type TrueTimes = ReadonlyMap<number, { readonly startNs: number; readonly endNs: number }>;

/** Looks them up when the run is over: the judge's way for records that came, as if these had. */
export function timesOfLost(device: MeteringDevice): TrueTimes {
  const { lostRecords, lostIn } = device.path;
  const { length } = lostRecords;
  if (length === 0) return new Map();
  const records = new Records();
  records.add(
    lostRecords.columns,
    length,
    lostIn.map((_, row) => row),
  );
  const times = { sequenceNumber: 0, exportTimeS: 0, sentNs: 0, arrivedNs: 0, copies: 1 } satisfies MessageTimes;
  const nothing = new Float64Array(length);
  const origins = { sequenceNumber: nothing, exportTimeS: nothing, receivedAtUs: nothing };
  const judged = judgeTimes(caseOf(device, records), origins, { of: () => times });
  return new Map(
    Array.from(judged.id, (row, at) => [
      row,
      { startNs: judged.records.startNs[at] as number, endNs: judged.records.endNs[at] as number },
    ]),
  );
}

/** Those of several devices together, the latest first. `timesOf` has what is known of a device's. */
export const lostOfAll = <Device extends MeteringDevice>(
  devices: readonly Device[],
  sent: readonly SentMessage[],
  timesOf: (device: Device, index: number) => TrueTimes | undefined,
): LostRecord[] =>
  devices
    .flatMap((device, index) => lostRecordsOf(device, sent, timesOf(device, index)))
    .toSorted((one, other) => other.sentMs - one.sentMs);

/** The Flow Records that a device sent and that never came, the latest first. `sent`: the Messages of all devices. */
function lostRecordsOf(device: MeteringDevice, sent: readonly SentMessage[], known: TrueTimes = new Map()): LostRecord[] {
  const { path, ledger, epoch, exporter } = device;
  const { columns } = path.lostRecords;
  const { publicAddresses } = caseOf(device, path.lostRecords);
  const ms = (instant: number): number => epoch.unixMs + instant / NS_PER_MS;
  const found: LostRecord[] = [];
  let inMessage = 0;
  for (const [row, message] of path.lostIn.entries()) {
    inMessage = path.lostIn[row - 1] === message ? inMessage + 1 : 0;
    const { times } = sent[message] as SentMessage;
    const ends = endpointsOf(path.lostRecords, row, publicAddresses, ledger.untranslated);
    const truth = known.get(row);
    found.push({
      id: `lost-${message}-${inMessage}`,
      exporter,
      sequenceNumber: times.sequenceNumber,
      exportTimeS: times.exportTimeS,
      sentMs: ms(times.sentNs),
      copies: 0,
      startMs: columns.flowStartMs[row] as number,
      endMs: columns.flowEndMs[row] as number,
      ...(truth === undefined ? {} : { trueStartMs: ms(truth.startNs), trueEndMs: ms(truth.endNs) }),
      endReason: columns.flowEndReason[row] as number,
      isUp: ends.direction === UP,
      inside: addressText(ends.insideAddress),
      server: addressText(ends.serverAddress),
      serverPort: ends.serverPort,
      protocol: ends.protocol,
      packets: columns.packetDeltaCount[row] as number,
      octets: columns.octetDeltaCount[row] as number,
    });
  }
  return found.reverse();
}

const addressText = (address: number): string => (address === STRANGER ? '::' : formatAddress(address));
