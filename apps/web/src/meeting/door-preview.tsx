'use client';

import type { Capture, LocalMedia, LocalMediaState, RtcErrorCode } from '@parley/rtc-core';
import { Button } from '@parley/ui/button';
import { CallKey } from '@parley/ui/call-key';
import { cx } from '@parley/ui/cx';
import { Note } from '@parley/ui/note';
import { LoaderCircle, Mic, MicOff, RotateCcw, SlidersHorizontal, Video, VideoOff } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { type ReactNode, useEffect, useRef } from 'react';
import { useDevices } from './devices';
import { permissionWay } from './permission-help';

const whole = (state: LocalMediaState): LocalMediaState => state;

/** Of which device a sentence speaks. */
type Subject = 'camera' | 'microphone' | 'both';

const failureOf = (capture: Capture): RtcErrorCode | null => (capture.status === 'failed' ? capture.error.code : null);

/** What is wrong with the microphone alone. */
const selectMicrophoneFailure = ({ captures: { camera, microphone } }: LocalMediaState): RtcErrorCode | null =>
  failureOf(microphone) === failureOf(camera) ? null : failureOf(microphone);

/** One's own picture as the others will see it, or why there is none; and the two keys. */
export function DoorPreview({ local }: { local: LocalMedia | null }) {
  const t = useTranslations('call.door');
  const { captures, wanted, facing } = useDevices(local, whole);
  const { camera, microphone } = captures;

  // A device that failed is off: its key says so, and tries it again.
  const microphoneOn = wanted.microphone && microphone.status !== 'failed';
  const cameraOn = wanted.camera && camera.status !== 'failed';

  // Why there is no picture; the microphone, when something else is wrong with it, is told below.
  const failure = camera.status === 'failed' ? camera.error.code : null;
  const source = failure !== null && failure === failureOf(microphone) ? 'both' : 'camera';
  const wholeHelp = failure === 'permission-denied';

  let inside: ReactNode;
  if (wholeHelp) inside = <PermissionHelp local={local} source={source} />;
  else if (failure !== null) inside = <CaptureTrouble local={local} code={failure} source={source} />;
  else if (camera.status === 'on') inside = <Picture track={camera.track} mirrored={facing === 'user'} />;
  else if (camera.status === 'starting' && wanted.camera)
    inside = (
      <div className="grid justify-items-center gap-1 p-4 text-center">
        <LoaderCircle aria-hidden className="mb-2 size-6! animate-turn text-ink-2" />
        <p className="text-item">{t('cameraStarting')}</p>
        <p className="text-small text-ink-2">{t('cameraStartingHint')}</p>
      </div>
    );
  else
    inside = (
      <div className="grid justify-items-center gap-2 text-ink-2">
        <VideoOff aria-hidden className="size-8!" />
        <p>{t('cameraOff')}</p>
      </div>
    );

  return (
    <div
      data-theme="stage"
      className={cx(
        'relative grid place-items-center overflow-hidden rounded-tile text-ink',
        // Under a picture it would shine through at the corners.
        camera.status !== 'on' && 'bg-paper',
        'aspect-video phone:aspect-auto',
        // What is said of the microphone below a picture must not push "Join now" off a phone.
        failure === null && microphone.status === 'failed' ? 'phone:min-h-48' : 'phone:min-h-67',
      )}
    >
      {inside}
      {wholeHelp ? null : (
        <div className="absolute inset-x-0 bottom-5 flex justify-center gap-3 phone:bottom-3">
          <CallKey
            label={microphoneOn ? t('turnMicrophoneOff') : t('turnMicrophoneOn')}
            icon={microphoneOn ? Mic : MicOff}
            look={microphoneOn ? 'rest' : 'off'}
            tooltip={false}
            disabled={!local}
            onClick={() => local?.setWanted({ microphone: !microphoneOn })}
          />
          <CallKey
            label={cameraOn ? t('turnCameraOff') : t('turnCameraOn')}
            icon={cameraOn ? Video : VideoOff}
            look={cameraOn ? 'rest' : 'off'}
            tooltip={false}
            disabled={!local}
            onClick={() => local?.setWanted({ camera: !cameraOn })}
          />
        </div>
      )}
    </div>
  );
}

function Picture({ track, mirrored }: { track: MediaStreamTrack; mirrored: boolean }) {
  const t = useTranslations('call.door');
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    if (!video.current) return;
    video.current.srcObject = new MediaStream([track]);
    // Without sound nothing is refused; a play() that the next track interrupts is of no interest.
    video.current.play().catch(() => undefined);
  }, [track]);
  return (
    <video
      ref={video}
      autoPlay
      muted
      playsInline
      aria-label={t('preview')}
      className={cx('absolute inset-0 size-full object-cover', mirrored && '-scale-x-100')}
    />
  );
}

/** Only what failed: whoever has turned the microphone off stays off. */
function tryAgain(local: LocalMedia | null): void {
  const failed = (source: 'camera' | 'microphone') => local?.state.get().captures[source].status === 'failed';
  local?.setWanted({ ...(failed('camera') && { camera: true }), ...(failed('microphone') && { microphone: true }) });
}

const TITLES = { camera: 'titleCamera', microphone: 'titleMicrophone', both: 'titleBoth' } as const;

/** How to give a refused permission back, for the browser at hand. */
function usePermissionSteps(source: Subject): readonly ReactNode[] {
  const t = useTranslations('call.refused');
  const way = permissionWay(navigator.userAgent);
  const rich = {
    source,
    b: (text: ReactNode) => <b className="font-semibold">{text}</b>,
    icon: () => (
      <span className="mx-0.5 inline-grid h-6 place-items-center rounded-full bg-raised px-2.5 align-middle">
        <SlidersHorizontal aria-hidden className="size-3.5!" />
      </span>
    ),
  };
  return [t.rich(way, rich), way === 'firefox' ? t.rich('firefoxRemove', rich) : t.rich('allow', rich)];
}

/** In the place of the picture. */
function PermissionHelp({ local, source }: { local: LocalMedia | null; source: Subject }) {
  const t = useTranslations('call.refused');
  const steps = [...usePermissionSteps(source), t('back')];
  return (
    <div role="alert" className="grid w-full max-w-120 gap-5 p-5 phone:gap-3 phone:p-4">
      <div>
        <h2>{t(TITLES[source])}</h2>
        <p className="mt-1 text-ink-2">{t('why', { source })}</p>
      </div>
      <ol className="grid gap-2.5 text-button phone:gap-2">
        {steps.map((step, index) => (
          <li key={index} className="flex items-center gap-3">
            <span
              aria-hidden
              className="grid size-6 flex-none place-items-center rounded-full bg-raised text-[12px]/none font-semibold"
            >
              {index + 1}
            </span>
            <span>{step}</span>
          </li>
        ))}
      </ol>
      <div>
        <Button icon={<RotateCcw aria-hidden />} onClick={() => tryAgain(local)}>
          {t('tryAgain')}
        </Button>
      </div>
    </div>
  );
}

type CaptureCode = 'insecure-context' | 'device-not-found' | 'device-busy' | 'device-unplugged' | 'capture-failed';
const CAPTURE_CODES: readonly string[] = [
  'insecure-context',
  'device-not-found',
  'device-busy',
  'device-unplugged',
] satisfies CaptureCode[];
const captureCode = (code: string): CaptureCode =>
  CAPTURE_CODES.includes(code) ? (code as CaptureCode) : 'capture-failed';

/** Why the camera gives no picture, and what to do. */
function CaptureTrouble({ local, code, source }: { local: LocalMedia | null; code: string; source: Subject }) {
  const t = useTranslations('call.capture');
  const again = useTranslations('call.refused');
  const known = captureCode(code);
  return (
    <div role="alert" className="grid max-w-110 justify-items-center gap-1 p-5 pb-20 text-center">
      <h2>{t(`${known}.title`, { source })}</h2>
      <p className="text-ink-2">{t(`${known}.text`)}</p>
      {known === 'insecure-context' ? null : (
        <Button className="mt-3" icon={<RotateCcw aria-hidden />} onClick={() => tryAgain(local)}>
          {again('tryAgain')}
        </Button>
      )}
    </div>
  );
}

/** Under the picture: why the microphone gives no sound, and what to do. */
export function MicrophoneTrouble({ local }: { local: LocalMedia | null }) {
  const code = useDevices(local, selectMicrophoneFailure);
  if (code === null) return null;
  return (
    <div className="mt-3">
      <Note kind="amber" role="alert" compact>
        {code === 'permission-denied' ? <MicrophonePermission local={local} /> : <MicrophoneFailure code={code} />}
      </Note>
    </div>
  );
}

function MicrophoneFailure({ code }: { code: string }) {
  const t = useTranslations('call.capture');
  const known = captureCode(code);
  return (
    <>
      <b>{t(`${known}.title`, { source: 'microphone' })}</b>
      <p>{t(`${known}.text`)}</p>
    </>
  );
}

function MicrophonePermission({ local }: { local: LocalMedia | null }) {
  const t = useTranslations('call.refused');
  const steps = usePermissionSteps('microphone');
  return (
    <>
      <b>{t('titleMicrophone')}</b>
      <ol className="my-1 list-decimal pl-5">
        {steps.map((step, index) => (
          <li key={index}>{step}</li>
        ))}
      </ol>
      <Button size="small" icon={<RotateCcw aria-hidden />} onClick={() => tryAgain(local)}>
        {t('tryAgain')}
      </Button>
    </>
  );
}
