'use client';

import type { Capture, LocalMedia, LocalMediaState, Readable, RtcError } from '@parley/rtc-core';
import { Button } from '@parley/ui/button';
import { SelectField } from '@parley/ui/field';
import { LevelMeter } from '@parley/ui/level-meter';
import { Mic, MicOff, Video, VideoOff, Volume2 } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { type ReactNode, useCallback, useEffect, useState } from 'react';
import { play } from './sounds';
import { useReadable } from './use-room';

/** Level from which somebody who tries their microphone is told that it works. */
const HEARD = 0.35;

const nothingYet: LocalMediaState = {
  captures: {
    microphone: { status: 'starting' },
    camera: { status: 'starting' },
    screen: { status: 'off' },
    'screen-audio': { status: 'off' },
  },
  wanted: { microphone: true, camera: true },
  devices: { cameras: [], microphones: [], speakers: [] },
  chosen: {},
  facing: 'user',
};
const beforeArrival: Readable<LocalMediaState> = { get: () => nothingYet, subscribe: () => () => undefined };

/** A part of camera and microphone, also before they are opened. Keep `select` outside the component. */
export function useDevices<S>(local: LocalMedia | null, select: (state: LocalMediaState) => S): S {
  return useReadable(local?.state ?? beforeArrival, select);
}

const troubleOf = (capture: Capture): RtcError | undefined => (capture.status === 'on' ? capture.trouble : undefined);

/** Why a device that was chosen is not used; the one before goes on. Null when all is as chosen. */
export const selectSwitchTrouble = ({ captures }: LocalMediaState): RtcError | null =>
  troubleOf(captures.microphone) ?? troubleOf(captures.camera) ?? null;

const whole = (state: LocalMediaState): LocalMediaState => state;

/** Choices of camera, microphone and speaker, with what proves that they work. */
export function Devices({ local, className }: { local: LocalMedia | null; className?: string }) {
  const t = useTranslations('call.devices');
  const { captures, devices, chosen } = useDevices(local, whole);
  const denied = (kind: 'camera' | 'microphone'): boolean => {
    const capture = captures[kind];
    return capture.status === 'failed' && ['permission-denied', 'insecure-context'].includes(capture.error.code);
  };
  const state = (kind: 'camera' | 'microphone', list: readonly MediaDeviceInfo[]): string | null => {
    if (denied(kind)) return t('blocked');
    return list.length === 0 && captures[kind].status === 'failed' ? t('none') : null;
  };
  const camera = state('camera', devices.cameras);
  const microphone = state('microphone', devices.microphones);
  return (
    <div className={className}>
      <DeviceField
        label={t('camera')}
        icon={camera === null ? <Video aria-hidden /> : <VideoOff aria-hidden />}
        devices={devices.cameras}
        unnamed={(number) => t('unnamedCamera', { number })}
        chosen={chosen.camera ?? inUse(captures.camera)}
        instead={camera}
        onChoose={(id) => local?.choose('camera', id)}
      />
      <div className="min-w-0">
        <DeviceField
          label={t('microphone')}
          icon={microphone === null ? <Mic aria-hidden /> : <MicOff aria-hidden />}
          devices={devices.microphones}
          unnamed={(number) => t('unnamedMicrophone', { number })}
          chosen={chosen.microphone ?? inUse(captures.microphone)}
          instead={microphone}
          onChoose={(id) => local?.choose('microphone', id)}
        />
        {local && captures.microphone.status === 'on' ? <OwnLevel local={local} /> : null}
      </div>
      <div className="min-w-0">
        <DeviceField
          label={t('speaker')}
          icon={<Volume2 aria-hidden />}
          devices={devices.speakers}
          unnamed={(number) => t('unnamedSpeaker', { number })}
          chosen={chosen.speaker}
          instead={null}
          onChoose={(id) => local?.choose('speaker', id)}
        />
        <Button
          kind="quiet"
          size="small"
          className="mt-1 h-6! px-0! text-micro! text-voice! underline decoration-1 underline-offset-3 hover:bg-transparent"
          onClick={() => play('test', chosen.speaker)}
        >
          {t('playTestSound')}
        </Button>
      </div>
    </div>
  );
}

/** The device that the browser took when nobody chose. */
const inUse = (capture: Capture): string | undefined =>
  capture.status === 'on' ? capture.track.getSettings().deviceId : undefined;

function DeviceField({
  label,
  icon,
  devices,
  unnamed,
  chosen,
  instead,
  onChoose,
}: {
  label: string;
  icon: ReactNode;
  devices: readonly MediaDeviceInfo[];
  unnamed: (number: number) => string;
  chosen: string | undefined;
  /** Why there is nothing to choose. */
  instead: string | null;
  onChoose: (deviceId: string) => void;
}) {
  const t = useTranslations('call.devices');
  // Without permission the browser gives devices without ids: nothing to choose among.
  const known = devices.filter((device) => device.deviceId !== '');
  const hasChosen = chosen !== undefined && known.some((device) => device.deviceId === chosen);
  const listsDefault = known.some((device) => device.deviceId === 'default');
  return (
    <div className="relative min-w-0 [&_svg:first-child]:size-4!">
      <SelectField
        label={label}
        disabled={instead !== null}
        value={instead === null ? (hasChosen ? chosen : listsDefault ? 'default' : '') : ''}
        onChange={(event) => onChoose(event.target.value)}
        className="[&_select]:pl-9 [&_select:disabled]:border-line [&_select:disabled]:bg-sunken [&_select:disabled]:text-ink-2 [&_select:disabled]:opacity-100"
      >
        {instead !== null || (!hasChosen && !listsDefault) ? (
          <option value="">{instead ?? t('systemDefault')}</option>
        ) : null}
        {known.map((device, index) => (
          <option key={device.deviceId} value={device.deviceId}>
            {device.label || unnamed(index + 1)}
          </option>
        ))}
      </SelectField>
      <span className="pointer-events-none absolute bottom-3 left-3 phone:bottom-4">{icon}</span>
    </div>
  );
}

/** The own level, and a word once something was heard. */
function OwnLevel({ local }: { local: LocalMedia }) {
  const t = useTranslations('call.devices');
  const [heard, setHeard] = useState(false);
  const onLevel = useCallback((listener: (level: number) => void) => local.onLevel(listener), [local]);
  useEffect(() => {
    if (heard) return;
    return local.onLevel((level) => {
      if (level > HEARD) setHeard(true);
    });
  }, [local, heard]);
  return (
    <p className="mt-1.5 flex h-4.5 items-center gap-2 text-micro text-ink-2">
      <LevelMeter onLevel={onLevel} />
      {heard ? t('canHear') : t('cannotHear')}
    </p>
  );
}
