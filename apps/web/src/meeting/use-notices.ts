'use client';

import type { LocalMediaState, RecorderState, RtcError } from '@parley/rtc-core';
import { useTranslations } from 'next-intl';
import { useEffect, useRef } from 'react';
import { useComplain, useToast } from './call-toasts';
import { selectSwitchTrouble } from './devices';
import { watchNames } from './names';
import { remembered } from './preferences';
import { play, type Sound } from './sounds';
import { selectRecorder } from './tiles';
import { useLocal, useRoom, useSession } from './use-room';

const selectCameraFailure = ({ captures }: LocalMediaState): RtcError | null =>
  captures.camera.status === 'failed' ? captures.camera.error : null;
const selectMicrophoneFailure = ({ captures }: LocalMediaState): RtcError | null =>
  captures.microphone.status === 'failed' ? captures.microphone.error : null;

/** Turns what happens in the room into toasts and sounds. */
export function useNotices({ chatOpen, onChooseDevice }: { chatOpen: boolean; onChooseDevice: () => void }): void {
  const t = useTranslations('call.toasts');
  const session = useSession();
  const push = useToast();
  const latest = useRef({ t, chatOpen, onChooseDevice });
  useEffect(() => {
    latest.current = { t, chatOpen, onChooseDevice };
  });

  useEffect(() => {
    const names = watchNames(session);
    const sound = (which: Sound): void => {
      if (remembered('sounds') !== 'off') play(which, session.local.state.get().chosen.speaker);
    };
    const unmute = () => ({
      label: latest.current.t('unmute'),
      onAct: () => session.local.setWanted({ microphone: true }),
    });
    const stop = session.onNotice((notice) => {
      const { t, chatOpen, onChooseDevice } = latest.current;
      const { you } = session.view.get();
      if (notice.type === 'back') push('line', { type: 'text', icon: 'line', text: t('back') });
      else if (notice.type === 'silence')
        push('silence', {
          type: 'text',
          icon: 'muted',
          text: t('silence', { device: notice.device }),
          action: { label: t('chooseDevice'), onAct: onChooseDevice },
        });
      else if (notice.type === 'speaking-while-muted')
        push('muted', { type: 'text', icon: 'muted', text: t('youAreMuted'), action: unmute() });
      else
        switch (notice.event.type) {
          case 'joined':
            if (notice.event.participant.id === you) return;
            push('joined', { type: 'joined', names: [notice.event.participant.name] });
            sound('join');
            return;
          case 'left':
            if (notice.event.participant !== you)
              push('left', { type: 'left', names: [names.of(notice.event.participant)] });
            return;
          case 'hand-set':
            if (!notice.event.raised || notice.event.participant === you) return;
            push('hand', {
              type: 'text',
              icon: 'hand',
              text: t('hand', { name: names.of(notice.event.participant) }),
            });
            sound('hand');
            return;
          case 'chat-sent':
            if (notice.event.message.from !== you && (!chatOpen || document.hidden)) sound('chat');
            return;
          case 'muted-set':
            if (notice.event.participant === you && notice.event.by !== you && notice.event.source === 'microphone')
              push('muted', {
                type: 'text',
                icon: 'muted',
                text: t('mutedYou', { name: names.of(notice.event.by) }),
                action: unmute(),
              });
            return;
          case 'take-started':
            if (notice.event.by !== you)
              push('recording', {
                type: 'text',
                icon: 'record',
                text: t('startedRecording', { name: names.of(notice.event.by) }),
              });
            return;
          case 'opened':
          case 'settings-changed':
          case 'returned':
          case 'went-away':
          case 'published':
          case 'unpublished':
          case 'reacted':
          case 'take-noticed':
          case 'take-stopped':
          case 'ended':
            return;
        }
    });
    return () => {
      names.stop();
      stop();
    };
  }, [session, push]);

  useFailures();
}

/** What the recorder came to and was said: who comes back into the call reads it once, and does read what came meanwhile. */
const told = new WeakSet<RecorderState>();

/** Says what gave up in this browser: a device, the recorder. */
function useFailures(): void {
  const t = useTranslations('call.failures');
  const recording = useTranslations('call.recording');
  const push = useToast();
  const complain = useComplain();
  const camera = useLocal(selectCameraFailure);
  const microphone = useLocal(selectMicrophoneFailure);
  const switching = useLocal(selectSwitchTrouble);
  const recorder = useRoom(selectRecorder);
  const say = useRef({ t, recording, complain });
  useEffect(() => {
    say.current = { t, recording, complain };
  });
  // What had failed at the door was said there.
  const atDoor = useRef({ camera, microphone, switching });
  useEffect(() => {
    if (camera && camera !== atDoor.current.camera) say.current.complain(say.current.t('camera'), camera);
  }, [camera]);
  useEffect(() => {
    if (microphone && microphone !== atDoor.current.microphone)
      say.current.complain(say.current.t('microphone'), microphone);
  }, [microphone]);
  useEffect(() => {
    if (switching && switching !== atDoor.current.switching) say.current.complain('', switching);
  }, [switching]);
  useEffect(() => {
    if (told.has(recorder)) return;
    told.add(recorder);
    if (recorder.status === 'failed') say.current.complain(say.current.t('recorder'), recorder.error);
    if (recorder.status === 'done')
      push('recording', {
        type: 'text',
        icon: 'done',
        text: say.current.recording(recorder.destination === 'server' ? 'saved' : 'savedToDevice'),
      });
  }, [recorder, push]);
}
