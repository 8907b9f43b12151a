import { numbered, service, tcp, udp } from './service.ts';

/* What people use of their own accord. Names as nDPI knows them (src/lib/ndpi_content_match.c.inc). */
const GOOGLE = 64_496;

export const YOUTUBE = service('youtube', {
  label: 'YouTube',
  asNumber: GOOGLE,
  prefix: '198.18.1.0/24',
  ipv6Prefix: '2001:db8:18:1::/64',
  roundTripMs: [8, 20],
  pools: {
    video: udp(443, 10, numbered(24, 'rr#---sn-lab.googlevideo.com')),
    page: udp(443, 138, ['www.youtube.com']),
    api: udp(443, 142, ['youtubei.googleapis.com']),
    thumbnails: udp(443, 146, ['i.ytimg.com', 'yt3.ggpht.com']),
  },
});

export const NETFLIX = service('netflix', {
  label: 'Netflix',
  asNumber: 64_498,
  prefix: '198.18.2.0/24',
  ipv6Prefix: '2001:db8:18:2::/64',
  roundTripMs: [8, 25],
  pools: {
    video: tcp(443, 10, numbered(16, 'ipv4-c#-lab.oca.nflxvideo.net')),
    api: tcp(443, 130, ['www.netflix.com', 'nrdp.prod.ftl.netflix.com']),
  },
});

export const SPOTIFY = service('spotify', {
  label: 'Spotify',
  asNumber: 64_499,
  prefix: '198.18.3.0/24',
  roundTripMs: [10, 30],
  pools: { audio: tcp(443, 10, numbered(8, 'audio#.scdn.co')) },
});

export const GOOGLE_SEARCH = service('google-search', {
  label: 'Google',
  asNumber: GOOGLE,
  prefix: '198.18.13.0/24',
  ipv6Prefix: '2001:db8:18:13::/64',
  roundTripMs: [8, 20],
  pools: {
    web: udp(443, 10, ['www.google.com']),
    assets: udp(443, 18, ['www.gstatic.com']),
  },
});

export const GMAIL = service('gmail', {
  label: 'Gmail',
  asNumber: GOOGLE,
  prefix: '198.18.4.0/24',
  ipv6Prefix: '2001:db8:18:4::/64',
  roundTripMs: [8, 20],
  pools: { web: tcp(443, 10, ['mail.google.com']) },
});

export const PUSH = service('push', {
  label: 'push notifications',
  asNumber: GOOGLE,
  prefix: '198.18.37.0/24',
  ipv6Prefix: '2001:db8:18:37::/64',
  roundTripMs: [8, 20],
  pools: { server: tcp(5_228, 10, numbered(4, 'mtalk#.push.example')) },
});

export const WEB = service('web', {
  label: 'the web',
  asNumber: 65_536,
  prefix: '198.18.16.0/20',
  ipv6Prefix: '2001:db8:18:16::/64',
  roundTripMs: [10, 40],
  pools: {},
});

/** People at home who share files: no names, ports of their own. */
export const PEERS = service('bittorrent', {
  label: 'BitTorrent',
  asNumber: 65_537,
  prefix: '198.19.0.0/16',
  roundTripMs: [10, 40],
  pools: {},
});
