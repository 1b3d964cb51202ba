import { createHash, randomBytes } from 'node:crypto';
import type { Prisma } from '@parley/db/client';
import { gap } from '@parley/protocol/recording';
import { z } from 'zod';
import { database } from './database';
import { Secret } from './secret';

/** How long a recorder may come back to a track after it was finalised: to ask, or to bring what was missing. */
export const GRANT_AFTER_FINALISED_MS = 7 * 24 * 3_600_000;

/** A fresh upload grant and what the database keeps of it. */
export function newGrant(): { grant: Secret; grantHash: string } {
  const grant = randomBytes(32).toString('base64url');
  return { grant: new Secret(grant), grantHash: hashOf(grant) };
}

const hashOf = (grant: string): string => createHash('sha256').update(grant).digest('hex');

const granted = { include: { take: true } } as const;
/** A track together with its take. */
export type GrantedTrack = Prisma.RecordingTrackGetPayload<typeof granted>;

/** The track whose grant a request carries as `Authorization: Bearer <grant>`, ended or not. Null: none of ours. */
export async function grantedTrack(headers: Headers): Promise<GrantedTrack | null> {
  const grant = /^Bearer ([A-Za-z0-9_-]{43})$/iu.exec(headers.get('authorization') ?? '')?.[1];
  if (!grant) return null;
  return database().recordingTrack.findUnique({ where: { grantHash: hashOf(grant) }, ...granted });
}

/**
 * Whether the grant is past its time. Only a track that was finalised has one that ends: as long as there is no finished
 * file, the upload and the recorder's slices are all there is of the recording.
 */
export function hasEnded(track: { grantEndsAt: Date | null; finalisedAt: Date | null }, now = new Date()): boolean {
  return track.finalisedAt !== null && track.grantEndsAt !== null && track.grantEndsAt <= now;
}

const gaps = z.array(gap);
/**
 * The status that tells a recorder that its grant has ended: 410 when all it recorded is in the finished file, so that it
 * may delete its slices; 403 when something is missing that it may be the only one to have.
 */
export function endedStatus(track: { complete: unknown; missing: unknown; gaps: unknown }): 403 | 410 {
  const named = new Set(gaps.parse(track.gaps).map((gap) => JSON.stringify(gap)));
  const lost = gaps.parse(track.missing).some(
    // What the recorder itself has named is in nobody's slices; any other unknown stretch is one of spoilt bytes.
    (gap) => gap.cause === 'not-uploaded' || (gap.cause === 'unknown' && !named.has(JSON.stringify(gap))),
  );
  return track.complete === null || lost ? 403 : 410;
}

/**
 * Whether the track is whole and finalised: its upload was let go of, so nothing can be added. A track that was
 * finalised with something missing keeps its upload until the grant ends, and whoever returns may still bring the rest.
 */
export function isSettled(track: { finalisedAt: Date | null; uploadId: string | null }): boolean {
  return track.finalisedAt !== null && track.uploadId === null;
}
