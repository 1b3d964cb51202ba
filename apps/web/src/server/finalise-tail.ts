import type { FileHandle } from 'node:fs/promises';

/** How much of a WebM that was cut somewhere can be parsed. */
export interface WholeTail {
  /** Position after the last element that is all there. */
  readonly end: number;
  /** Bytes to be read in place of those in the file: the size of a cluster that promises more than there is. */
  readonly patch: { readonly at: number; readonly bytes: Uint8Array } | null;
}

/** Clusters are a second or so; this holds any at 50 Mbit/s. */
const WINDOW_BYTES = 16 * 1024 ** 2;
const CLUSTER = Buffer.from([0x1f, 0x43, 0xb6, 0x75]);
/** What may stand in a cluster (RFC 9559): Timestamp, SimpleBlock, BlockGroup, PrevSize, Position, Void, CRC-32. */
const IN_CLUSTER = new Set([0xe7, 0xa3, 0xa0, 0xab, 0xa7, 0xec, 0xbf]);

/**
 * Finds where the last whole block of the container in bytes `from` to `to` ends. A parser throws a last cluster away
 * when a block in it is cut off; this keeps what came before in it. Anything that is not understood is left as it is.
 */
export async function wholeTail(file: FileHandle, from: number, to: number): Promise<WholeTail> {
  const start = Math.max(from, to - WINDOW_BYTES);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(to - start), 0, to - start, start);
  const tail = buffer.subarray(0, bytesRead);
  const untouched = { end: to, patch: null };

  for (let at = tail.lastIndexOf(CLUSTER); at >= 0; at = at > 0 ? tail.lastIndexOf(CLUSTER, at - 1) : -1) {
    const size = readSize(tail, at + 4);
    if (!size) {
      // Cut within the cluster's own head: it ends before it. Or four bytes of a picture: the next one tells.
      if (tail.length - at < 12) return { end: start + at, patch: null };
      continue;
    }
    const content = at + 4 + size.width;
    if (content < tail.length && tail[content] !== 0xe7) continue;
    const stated = size.value === null ? null : content + size.value;
    if (stated !== null && stated <= tail.length) return untouched;
    const end = endOfLastChild(tail, content);
    const patch = stated === null ? null : { at: start + at + 4, bytes: unknownSize(size.width) };
    return end === content ? { end: start + at, patch: null } : { end: start + end, patch };
  }
  return untouched;
}

function endOfLastChild(bytes: Buffer, from: number): number {
  let at = from;
  while (at < bytes.length && IN_CLUSTER.has(bytes[at] ?? 0)) {
    const size = readSize(bytes, at + 1);
    if (!size || size.value === null) break;
    const end = at + 1 + size.width + size.value;
    if (end > bytes.length) break;
    at = end;
  }
  return at;
}

/** An EBML element size (RFC 8794, section 6). `value` null: unknown. Null: cut off, or none. */
function readSize(bytes: Buffer, at: number): { width: number; value: number | null } | null {
  const first = bytes[at];
  if (first === undefined || first === 0) return null;
  const width = Math.clz32(first) - 23;
  if (at + width > bytes.length) return null;
  let value = BigInt(first & (0xff >> width));
  for (let i = 1; i < width; i++) value = (value << 8n) | BigInt(bytes[at + i] ?? 0);
  const isUnknown = value === (1n << BigInt(7 * width)) - 1n;
  return { width, value: isUnknown ? null : Number(value) };
}

/** "Unknown" in as many bytes as the size it stands for. */
function unknownSize(width: number): Uint8Array {
  return Uint8Array.from({ length: width }, (_, i) => (i === 0 ? 0xff >> (width - 1) : 0xff));
}
