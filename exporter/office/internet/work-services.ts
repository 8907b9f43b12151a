import { numbered, service, tcp, udp } from './service.ts';

/* What people work with. Names as nDPI knows them (src/lib/ndpi_content_match.c.inc), invented ones under example. */
const MICROSOFT = 64_497;
const HOSTING = 64_506;

/** The company's own mail provider: a prefix with two applications, told apart by port. */
const mailPrefix = { label: 'mail', asNumber: 64_500, prefix: '198.18.5.0/24', roundTripMs: [12, 25] } as const;
export const SUBMISSION = service('smtp-submission', { ...mailPrefix, pools: { server: tcp(587, 10, ['smtp.mail.example']) } });
export const IMAP = service('imap', { ...mailPrefix, pools: { server: tcp(993, 42, ['imap.mail.example']) } });

export const DROPBOX = service('dropbox', {
  label: 'Dropbox',
  asNumber: 64_501,
  prefix: '198.18.6.0/24',
  ipv6Prefix: '2001:db8:18:6::/64',
  roundTripMs: [15, 40],
  pools: {
    content: tcp(443, 10, numbered(12, 'uc#.dl.dropboxusercontent.com')),
    api: tcp(443, 130, ['api.dropboxapi.com']),
    notify: tcp(443, 134, ['bolt.dropbox.com']),
  },
});

export const SOFTWARE = service('software-download', {
  label: 'software',
  asNumber: 64_502,
  prefix: '198.18.7.0/24',
  ipv6Prefix: '2001:db8:18:7::/64',
  roundTripMs: [8, 25],
  pools: { cdn: tcp(443, 10, numbered(6, 'cdn#.download.example')) },
});

export const ONEDRIVE = service('onedrive', {
  label: 'OneDrive',
  asNumber: MICROSOFT,
  prefix: '198.18.8.0/24',
  ipv6Prefix: '2001:db8:18:8::/64',
  roundTripMs: [12, 30],
  pools: { storage: tcp(443, 10, ['company.sharepoint.com', 'api.onedrive.com', 'storage.onedrive.com']) },
});

export const ZOOM = service('zoom', {
  label: 'Zoom',
  asNumber: 64_503,
  prefix: '198.18.9.0/24',
  roundTripMs: [10, 35],
  pools: {
    relay: udp(8_801, 10, numbered(16, 'zoom-mmr#.zoom.us')),
    signalling: tcp(443, 130, ['us04web.zoom.us']),
  },
});

export const TEAMS = service('teams', {
  label: 'Teams',
  asNumber: MICROSOFT,
  prefix: '198.18.10.0/24',
  ipv6Prefix: '2001:db8:18:10::/64',
  roundTripMs: [10, 30],
  pools: {
    relay: udp(3_478, 10, numbered(16, 'relay#.teams.microsoft.com')),
    signalling: tcp(443, 130, ['teams.microsoft.com']),
  },
});

export const BUSINESS_APPS = service('business-apps', {
  label: 'business applications',
  asNumber: MICROSOFT,
  prefix: '198.18.12.0/24',
  ipv6Prefix: '2001:db8:18:12::/64',
  roundTripMs: [12, 30],
  pools: { web: tcp(443, 10, ['outlook.office.com', 'portal.office.com', 'company.my.salesforce.com']) },
});

export const SLACK = service('slack', {
  label: 'Slack',
  asNumber: 64_504,
  prefix: '198.18.14.0/24',
  roundTripMs: [20, 40],
  pools: { socket: tcp(443, 10, ['wss-primary.slack.com', 'wss-backup.slack.com']) },
});

export const TELEPHONY = service('voip', {
  label: 'the telephone',
  asNumber: 64_505,
  prefix: '198.18.15.0/24',
  roundTripMs: [10, 20],
  pools: {
    registrar: udp(5_060, 10, ['sip.telephony.example']),
    // Clients learn these addresses from the call's own signalling, not from DNS.
    media: udp(16_384, 20, numbered(8, '')),
  },
});

export const SSH = service('ssh', {
  label: 'SSH',
  asNumber: HOSTING,
  prefix: '198.18.32.0/24',
  roundTripMs: [12, 30],
  pools: { host: tcp(22, 10, numbered(6, 'build#.hosting.example')) },
});

export const RDP = service('rdp', {
  label: 'a remote desktop',
  asNumber: HOSTING,
  prefix: '198.18.33.0/24',
  roundTripMs: [12, 25],
  pools: { host: tcp(3_389, 10, numbered(4, 'desktop#.hosting.example')) },
});

export const VPN = service('vpn', {
  label: 'a VPN',
  asNumber: HOSTING,
  prefix: '198.18.34.0/24',
  roundTripMs: [15, 40],
  pools: { gateway: udp(4_500, 10, numbered(5, 'vpn.customer#.example')) },
});
