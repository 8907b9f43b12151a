import { readFileSync } from 'node:fs';

/**
 * Datagrams the kernel threw away because the receive buffers of the sockets bound to `port` were full, since those sockets
 * were opened; `undefined` where the system does not tell (only Linux does, in /proc/net/udp and udp6).
 */
export function kernelDrops(port: number, family: 'IPv4' | 'IPv6'): number | undefined {
  let table: string;
  try {
    table = readFileSync(family === 'IPv6' ? '/proc/net/udp6' : '/proc/net/udp', 'utf8');
  } catch {
    return undefined;
  }
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  let drops: number | undefined;
  for (const line of table.split('\n').slice(1)) {
    const fields = line.trim().split(/\s+/);
    // "sl local_address rem_address ... drops": the count is the last field of a line.
    if (fields[1]?.endsWith(suffix) === true) drops = (drops ?? 0) + Number(fields.at(-1));
  }
  return drops;
}
