/**
 * A detector of one's own: whoever inside tries many ports of one host is scanning it.
 *
 *     npm run flowlab detect score -- --detector test/examples/port-scan-detector.ts --seeds 101-105
 */
import type { CreateDetector, DetectorAlert } from 'flowlab';

const TCP = 6;
const MIN_PORTS = 40;
/** A probe is a SYN and perhaps its repetition; a connection that does anything takes more. */
const MAX_PACKETS = 3;

interface Suspicion {
  readonly ports: Set<number>;
  readonly firstSeenMs: number;
  isTold: boolean;
}

const portScans: CreateDetector = (office) => {
  const inside = new Set(office.inventory.flatMap(({ addresses }) => addresses));
  const suspicions = new Map<string, Suspicion>();
  return {
    flows(flows) {
      const alerts: DetectorAlert[] = [];
      for (const { protocol, packets, source, destination, destinationPort, startMs, endMs } of flows) {
        if (protocol !== TCP || packets > MAX_PACKETS || !inside.has(source)) continue;
        const pair = `${source} ${destination}`;
        const suspicion = suspicions.get(pair) ?? { ports: new Set(), firstSeenMs: startMs, isTold: false };
        suspicions.set(pair, suspicion);
        suspicion.ports.add(destinationPort);
        if (suspicion.isTold || suspicion.ports.size < MIN_PORTS) continue;
        suspicion.isTold = true;
        const { firstSeenMs } = suspicion;
        alerts.push({ kind: 'port-scan', address: source, targets: [destination], firstSeenMs, lastSeenMs: endMs });
      }
      return alerts;
    },
  };
};

export default portScans;
