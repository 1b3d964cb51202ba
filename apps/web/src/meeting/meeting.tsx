'use client';

import type { Refusal } from '@parley/protocol/refusal';
import {
  joinRoom,
  openLocalMedia,
  type Phase,
  type Readable,
  readyRoom,
  type RoomSession,
  type RoomView,
  type RtcError,
} from '@parley/rtc-core';
import { Brand } from '@parley/ui/brand';
import { useTranslations } from 'next-intl';
import { type ReactNode, useEffect, useState } from 'react';
import type * as CallCode from './call';
import { Door } from './door';
import { LeftScreen } from './left-screen';
import { MeetingProvider } from './meeting-context';
import { RoomProvider, useReadable } from './use-room';
import { createVisits, type MeetingDoor, type Rtc, type Visit } from './visit';

const browserRtc: Rtc = { openLocalMedia, readyRoom, joinRoom };
const whole = (visit: Visit): Visit => visit;

/** Which screen the visit is on. */
type Screen =
  | { readonly name: 'door'; readonly joining: boolean; readonly trouble: RtcError | Refusal | null }
  | { readonly name: 'call'; readonly session: RoomSession }
  | {
      readonly name: 'left';
      readonly why: Extract<Phase, { name: 'left' }>['why'];
      readonly session: RoomSession | null;
    };

/** The meeting's address: the door, the call, and what comes after. */
export function Meeting({
  door,
  language,
  rtc = browserRtc,
}: {
  door: MeetingDoor;
  /** At the door, top right: where somebody without an account chooses theirs. */
  language?: ReactNode;
  rtc?: Rtc;
}) {
  const [visits] = useState(() => createVisits(door, rtc));
  useEffect(() => visits.start(), [visits]);
  const visit = useReadable(visits.visit, whole);
  const session = visit.at === 'room' ? visit.session : null;
  const phase = useReadable(session?.view ?? nowhere, selectPhase);
  const seated = useReadable(session?.view ?? nowhere, selectSeated);

  const screen = screenOf(visit, phase, seated);
  const code = useCallCode(screen.name === 'call');
  return (
    <MeetingProvider value={door}>
      {screen.name === 'door' ? (
        <>
          <Top>{language}</Top>
          <Door
            door={door}
            local={visit.at === 'arriving' ? null : visit.local}
            joining={screen.joining}
            trouble={screen.trouble}
            onJoin={(name) => visits.join(name)}
          />
        </>
      ) : screen.name === 'call' ? (
        <RoomProvider value={screen.session}>
          {code ? <code.Call onLeave={() => visits.leave()} /> : <div data-theme="stage" className="h-dvh bg-paper" />}
        </RoomProvider>
      ) : (
        <>
          <Top />
          <LeftScreen
            why={screen.why}
            session={screen.session}
            onRejoin={() => visits.rejoin()}
            onTakeSeat={() => visits.takeSeat()}
          />
        </>
      )}
    </MeetingProvider>
  );
}

/**
 * The call's code comes while one stands at the door, which need not wait for it; null until it is here. Not React.lazy: what
 * suspends once is shown 300 ms later at the earliest (React spaces its fallbacks), however long the code has been here.
 * @throws what kept the code from loading, once it is `needed`
 */
function useCallCode(needed: boolean): typeof CallCode | null {
  const [loaded, setLoaded] = useState<{ code: typeof CallCode } | { error: unknown } | null>(null);
  const missing = loaded === null;
  useEffect(() => {
    if (!missing) return;
    let current = true;
    import('./call').then(
      (code) => {
        if (current) setLoaded({ code });
      },
      (error: unknown) => {
        // At the door a failure is nobody's concern yet: it is asked for again when it is needed.
        if (current && needed) setLoaded({ error });
      },
    );
    return () => {
      current = false;
    };
  }, [missing, needed]);
  if (loaded && 'error' in loaded) throw loaded.error;
  return loaded?.code ?? null;
}

function screenOf(visit: Visit, phase: Phase | null, seated: boolean): Screen {
  if (visit.at === 'arriving') return { name: 'door', joining: false, trouble: null };
  if (visit.at === 'door') {
    const { trouble } = visit;
    // Nothing at the door would help: say it at once.
    if (trouble?.code === 'removed') return { name: 'left', why: { type: 'refused', refusal: trouble }, session: null };
    return { name: 'door', joining: false, trouble };
  }
  const { session } = visit;
  switch (phase?.name) {
    case 'left':
      return { name: 'left', why: phase.why, session };
    case 'connected':
      return { name: 'call', session };
    case 'resuming':
      if (seated) return { name: 'call', session };
      return { name: 'door', joining: true, trouble: phase.error ?? null };
    case 'joining':
      return { name: 'door', joining: true, trouble: phase.error ?? null };
    case 'idle':
    case undefined:
      return { name: 'door', joining: true, trouble: null };
  }
}

/** Stands for the view while there is no session. */
const nowhere: Readable<RoomView | null> = { get: () => null, subscribe: () => () => undefined };
const selectPhase = (view: RoomView | null): Phase | null => view?.phase ?? null;
const selectSeated = (view: RoomView | null): boolean => (view?.room ?? null) !== null;

function Top({ children }: { children?: ReactNode }) {
  const t = useTranslations('pages.frame');
  return (
    <header className="flex h-16 items-center justify-between px-8 phone:h-13 phone:px-4">
      {/* A page of its own, loaded anew: nothing of the call is left behind. */}
      <a href="/" aria-label={t('home')} className="flex rounded-[4px]">
        <Brand />
      </a>
      {children}
    </header>
  );
}
