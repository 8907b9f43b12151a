/** Where the simulated routers export to: data, as every address in the simulation, never a destination. */
export const COLLECTOR = { address: 0x0a000005, port: 4_739 };

/** The first NTP server; the others follow. */
export const FIRST_NTP_SERVER_ADDRESS = 0xcb0071e0;

/** The port routers export from. */
export const EXPORT_PORT = 50_000;

/** Numbers by which the expressions of links know devices; routers follow, headquarters' first. The second NTP server is 101. */
export const DEVICE_NUMBERS = {
  ntpServer: 1,
  collector: 2,
  firstRouter: 3,
  furtherNtpServers: 100,
  probeAfterRouter: 200,
  dhcpAfterRouter: 300,
} as const;

/** UDP ports by which the expressions of links know services: NTP (RFC 5905) and IPFIX (RFC 7011 section 10.3.4). */
export const SERVICE_PORTS = { ntp: 123, ipfix: 4739 } as const;
