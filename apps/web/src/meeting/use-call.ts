'use client';

import { isHost, type Reaction, type TakeDestination } from '@parley/protocol/room-state';
import type { LocalMediaState } from '@parley/rtc-core';
import { useTranslations } from 'next-intl';
import { useAsk, useComplain } from './call-toasts';
import { selectOwnHand, selectRecorder, selectRole, selectTake } from './tiles';
import { useLocal, useRoom, useSession } from './use-room';

const works = ({ captures, wanted }: LocalMediaState, source: 'microphone' | 'camera'): boolean =>
  wanted[source] && captures[source].status !== 'failed';
const selectMicrophoneOn = (state: LocalMediaState): boolean => works(state, 'microphone');
const selectCameraOn = (state: LocalMediaState): boolean => works(state, 'camera');
const selectSharing = ({ captures }: LocalMediaState): 'screen' | 'sound' | null =>
  captures.screen.status === 'on' ? 'screen' : captures['screen-audio'].status === 'on' ? 'sound' : null;

/** What one can do in the call and how it stands: the same for keys, menus and shortcuts. */
export interface CallActions {
  readonly microphoneOn: boolean;
  readonly cameraOn: boolean;
  readonly canShare: boolean;
  readonly sharing: 'screen' | 'sound' | null;
  readonly host: boolean;
  readonly recording: boolean;
  readonly recordingStarts: boolean;
  readonly handUp: boolean;
  readonly toggleMicrophone: () => void;
  readonly toggleCamera: () => void;
  /** Inside a click. */
  readonly toggleShare: () => void;
  /** Inside a click. */
  readonly shareSound: () => void;
  readonly record: (destination: TakeDestination) => void;
  readonly stopRecording: () => void;
  readonly toggleHand: () => void;
  readonly react: (reaction: Reaction) => void;
}

export function useCall(): CallActions {
  const t = useTranslations('call.failures');
  const session = useSession();
  const ask = useAsk();
  const complain = useComplain();
  const microphoneOn = useLocal(selectMicrophoneOn);
  const cameraOn = useLocal(selectCameraOn);
  const sharing = useLocal(selectSharing);
  const host = isHost(useRoom(selectRole));
  const take = useRoom(selectTake);
  const recorder = useRoom(selectRecorder);
  const handUp = useRoom(selectOwnHand);
  const share = async (options?: { soundOnly: boolean }): Promise<void> => {
    const result = await session.shareScreen(options);
    if (!result.ok) complain(t('share'), result.error);
  };
  return {
    microphoneOn,
    cameraOn,
    canShare: session.local.canShareScreen,
    sharing,
    host,
    recording: take !== null,
    recordingStarts: recorder.status === 'starting' && take === null,
    handUp,
    toggleMicrophone: () => session.local.setWanted({ microphone: !microphoneOn }),
    toggleCamera: () => session.local.setWanted({ camera: !cameraOn }),
    toggleShare() {
      if (sharing) void session.stopSharing();
      else void share();
    },
    shareSound: () => void share({ soundOnly: true }),
    record: (destination) => void ask(t('record'), session.startRecording(destination)),
    stopRecording: () => void ask(t('stopRecording'), session.stopRecording()),
    toggleHand: () => void ask(t('hand'), session.setHand(!handUp)),
    react: (reaction) => void ask(t('react'), session.react(reaction)),
  };
}
