import { numbered, service, tcp, udp } from './service.ts';

/* What devices use by themselves. */
const MICROSOFT = 64_497;

export const RESOLVING = service('dns', {
  label: 'name servers',
  asNumber: 64_510,
  prefix: '198.18.0.0/24',
  ipv6Prefix: '2001:db8:18::/64',
  roundTripMs: [8, 8],
  pools: { resolver: udp(53, 53, ['']) },
});

export const TIME = service('ntp', {
  label: 'time servers',
  asNumber: 64_510,
  prefix: '198.18.0.0/24',
  roundTripMs: [10, 20],
  pools: { server: udp(123, 123, ['']) },
});

export const WINDOWS_UPDATE = service('windows-update', {
  label: 'Windows',
  asNumber: MICROSOFT,
  prefix: '198.18.11.0/24',
  ipv6Prefix: '2001:db8:18:11::/64',
  roundTripMs: [8, 25],
  pools: {
    payload: tcp(443, 10, ['dl.windowsupdate.com', 'au.windowsupdate.com']),
    scan: tcp(443, 18, ['fe3.update.microsoft.com']),
  },
});

export const CLOUD_BACKUP = service('cloud-backup', {
  label: 'the cloud backup',
  asNumber: 64_507,
  prefix: '198.18.35.0/24',
  roundTripMs: [12, 30],
  pools: { storage: tcp(443, 10, numbered(4, 'store#.backup.example')) },
});

export const CAMERA_CLOUD = service('camera-cloud', {
  label: 'the camera cloud',
  asNumber: 64_508,
  prefix: '198.18.36.0/25',
  roundTripMs: [20, 40],
  pools: { ingest: tcp(443, 10, numbered(3, 'ingest#.cameras.example')) },
});

export const PRINTER_TELEMETRY = service('printer-telemetry', {
  label: 'printer telemetry',
  asNumber: 64_509,
  prefix: '198.18.36.128/25',
  roundTripMs: [20, 40],
  pools: { collector: tcp(443, 10, ['telemetry.printers.example']) },
});
