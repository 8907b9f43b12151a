import { Detection } from '../../collector/detect/detection.ts';
import { detectSchema } from '../../collector/detect/config.ts';
import { parseRange } from '../../core/net/stored-address.ts';
import type { CreateDayDetector } from './day-detector.ts';

/** The collector's own detectors, as they are set unless told otherwise. */
export const builtInDetector: CreateDayDetector = ({ inside, exporter, inventory, forbidden, given }) => {
  const detection = new Detection({ inside, exporter, inventory, policy: { forbidden } }, given, detectSchema.parse({}));
  return {
    flows: (batch) => detection.handle(batch),
    natEvents: (batch) => detection.handleNatEvents(batch),
    end: () => detection.settle(),
    get alerts() {
      return detection.alerts.map((alert) => ({ ...alert, targets: targetsOf(alert.target) }));
    },
  };
};

/** The address or prefix of what an alert says it was done to, which may be an endpoint; none of a name. */
export function targetsOf(target: string): string[] {
  const [, address = target] = /^\[?(.*?)\]?:\d+$/.exec(target) ?? [];
  return [target, address].filter((text) => parseRange(text) !== undefined).slice(0, 1);
}
