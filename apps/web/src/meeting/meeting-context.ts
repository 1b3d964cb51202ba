'use client';

import { createContext, useContext } from 'react';
import type { MeetingDoor } from './visit';

const MeetingContext = createContext<MeetingDoor | null>(null);

/** Gives what it holds the meeting's unchanging facts. */
export const MeetingProvider = MeetingContext.Provider;

export function useMeeting(): MeetingDoor {
  const meeting = useContext(MeetingContext);
  if (!meeting) throw new Error('useMeeting belongs inside a MeetingProvider.');
  return meeting;
}
