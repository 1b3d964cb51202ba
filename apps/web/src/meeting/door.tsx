'use client';

import { cleanName, isVisible, MAX_NAME_LENGTH } from '@parley/protocol/display-name';
import type { Refusal } from '@parley/protocol/refusal';
import type { LocalMedia, LocalMediaState, RtcError } from '@parley/rtc-core';
import { Button } from '@parley/ui/button';
import { Dialog } from '@parley/ui/dialog';
import { TextField } from '@parley/ui/field';
import { LevelMeter } from '@parley/ui/level-meter';
import { Note } from '@parley/ui/note';
import { ChevronDown, SlidersHorizontal } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useCallback, useEffect, useRef, useState } from 'react';
import { Devices, selectSwitchTrouble, useDevices } from './devices';
import { DoorPreview, MicrophoneTrouble } from './door-preview';
import { remember, remembered } from './preferences';
import { usePhone } from './use-media-query';
import { useTrouble } from './use-trouble';
import type { MeetingDoor } from './visit';

const selectSilent = ({ captures }: LocalMediaState): boolean =>
  captures.camera.status === 'failed' && captures.microphone.status === 'failed';

/** Before the meeting: how one looks and sounds, who one is, and one button. */
export function Door({
  door,
  local,
  joining,
  trouble,
  onJoin,
}: {
  door: MeetingDoor;
  /** Null until the page has come to life. */
  local: LocalMedia | null;
  joining: boolean;
  /** Why joining does not work, or not yet. */
  trouble: RtcError | Refusal | null;
  /** Inside the click. */
  onJoin: (name: string) => void;
}) {
  const t = useTranslations('call.door');
  const sentence = useTrouble();
  const phone = usePhone();
  const silent = useDevices(local, selectSilent);
  const deviceTrouble = useDevices(local, selectSwitchTrouble);
  const name = useRef<HTMLInputElement>(null);
  const [nameError, setNameError] = useState<string | undefined>();

  useEffect(() => {
    if (name.current && name.current.value === '') name.current.value = remembered('name') ?? '';
  }, []);

  const join = (): void => {
    if (door.userName !== null) {
      onJoin(door.userName);
      return;
    }
    const typed = cleanName(name.current?.value ?? '');
    const visible = isVisible(typed);
    if (!visible || typed.length > MAX_NAME_LENGTH) {
      setNameError(visible ? t('nameTooLong', { max: MAX_NAME_LENGTH }) : t('nameMissing'));
      name.current?.focus();
      return;
    }
    setNameError(undefined);
    remember('name', typed);
    onJoin(typed);
  };

  return (
    <main className="mx-auto grid min-h-[calc(100dvh-64px)] w-full max-w-[1192px] grid-cols-[minmax(0,720px)_minmax(280px,344px)] content-center items-center justify-center gap-16 px-8 pt-4 pb-20 max-[960px]:grid-cols-[minmax(0,560px)] max-[960px]:gap-6 phone:min-h-0 phone:content-start phone:gap-4 phone:px-4 phone:pt-0 phone:pb-4">
      <div className="min-w-0">
        <DoorPreview local={local} />
        <MicrophoneTrouble local={local} />
        {deviceTrouble ? (
          <div className="mt-3">
            <Note kind="amber" role="alert" compact>
              {sentence(deviceTrouble)}
            </Note>
          </div>
        ) : null}
        {phone ? null : <Devices local={local} className="mt-5 grid grid-cols-3 items-start gap-4" />}
      </div>
      <form
        noValidate
        className="grid min-w-0 gap-6 phone:gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (!joining) join();
        }}
      >
        <div className="min-w-0">
          {door.hostName === null ? null : (
            <p className="truncate text-small text-ink-2 phone:hidden">{t('hostsMeeting', { name: door.hostName })}</p>
          )}
          <h1 className="mt-1 line-clamp-3 break-words phone:mt-0 phone:line-clamp-2 phone:text-[20px]/7">
            {door.title}
          </h1>
        </div>
        {door.userName === null ? (
          <TextField
            ref={name}
            label={t('yourName')}
            large
            autoComplete="name"
            defaultValue=""
            error={nameError}
            onInput={() => {
              if (nameError) setNameError(undefined);
            }}
          />
        ) : null}
        {phone ? <FoldedDevices local={local} /> : null}
        {trouble ? (
          <Note kind={joining ? 'amber' : 'red'} role="alert" compact>
            {sentence(trouble)}
          </Note>
        ) : null}
        <Button type="submit" kind="voice" size="large" block busy={joining} disabled={!local}>
          {t('joinNow')}
        </Button>
        <p className="text-small text-ink-3 phone:hidden">{silent ? t('asYouAre') : t('private')}</p>
      </form>
    </main>
  );
}

/** On a phone the choices fold into one line that still shows whether one is heard. */
function FoldedDevices({ local }: { local: LocalMedia | null }) {
  const t = useTranslations('call.devices');
  const close = useTranslations('call.controls');
  const [open, setOpen] = useState(false);
  const onLevel = useCallback(
    (listener: (level: number) => void) => local?.onLevel(listener) ?? (() => undefined),
    [local],
  );
  return (
    <>
      <button
        type="button"
        aria-expanded={open}
        onClick={() => setOpen(true)}
        className="flex h-12 w-full items-center gap-2 rounded-control border border-line bg-sunken px-3.5 text-[16px]/6"
      >
        <SlidersHorizontal aria-hidden className="size-4!" />
        {t('title')}
        <LevelMeter onLevel={onLevel} className="ml-2" />
        <ChevronDown aria-hidden className="ml-auto size-4! text-ink-3" />
      </button>
      <Dialog open={open} onOpenChange={setOpen} title={t('title')} closeLabel={close('close')}>
        <Devices local={local} className="mt-4 grid gap-4" />
      </Dialog>
    </>
  );
}
