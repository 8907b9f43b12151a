import type { Socket } from 'node:dgram';

/** What Node keeps behind a socket: not documented, so anything of it may be missing. */
export interface RawHandle {
  readonly fd: number;
  recvStart(): void;
  recvStop(): void;
}

/** The handle of a bound socket, `undefined` where Node has none like it. */
export function rawHandle(socket: Socket): RawHandle | undefined {
  const { noDeprecation } = process;
  // Node warns of this (DEP0112) and has nothing else to offer.
  process.noDeprecation = true;
  const handle = (socket as unknown as { _handle?: Partial<RawHandle> | null })._handle;
  process.noDeprecation = noDeprecation ?? false;
  if (typeof handle?.fd !== 'number' || handle.fd < 0) return undefined;
  if (typeof handle.recvStart !== 'function' || typeof handle.recvStop !== 'function') return undefined;
  return handle as RawHandle;
}
