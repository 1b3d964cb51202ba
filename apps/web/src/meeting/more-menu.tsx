'use client';

import type { LocalMediaState } from '@parley/rtc-core';
import { CallKey } from '@parley/ui/call-key';
import { copyText } from '@parley/ui/copy-button';
import { cx } from '@parley/ui/cx';
import { Menu, MenuCheck, MenuItem, MenuRule } from '@parley/ui/menu';
import { Panel } from '@parley/ui/panel';
import {
  Activity,
  CircleDot,
  CircleX,
  Copy,
  Ellipsis,
  Hand,
  HardDriveDownload,
  Keyboard,
  type LucideIcon,
  MonitorUp,
  Settings,
  SwitchCamera,
  Users,
  Volume2,
} from 'lucide-react';
import { useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
import { flushSync } from 'react-dom';
import { useToast } from './call-toasts';
import { useMeeting } from './meeting-context';
import { useSwitch } from './preferences';
import { useSavedSoFar } from './recording-status';
import { REACTION_NAMES, REACTIONS } from './reactions';
import { selectCount } from './tiles';
import type { CallActions } from './use-call';
import { useMediaQuery } from './use-media-query';
import { useLocal, useRoom, useSession } from './use-room';

const selectCameras = ({ devices }: LocalMediaState): number => devices.cameras.length;

interface MoreProps {
  call: CallActions;
  onDevices: () => void;
  onEnd: () => void;
}

/** Copies what helps to find a fault: nothing secret is in it. */
function useCopies() {
  const t = useTranslations('call.toasts');
  const session = useSession();
  const push = useToast();
  const { inviteLink } = useMeeting();
  const copy = async (text: string, done: string): Promise<void> => {
    const copied = await copyText(text);
    push('copied', { type: 'text', icon: copied ? 'done' : 'trouble', text: copied ? done : t('copyFailed') });
  };
  return {
    inviteLink,
    copyInvite: () => void copy(inviteLink ?? '', t('copied')),
    copyDiagnostics: () => void session.diagnostics().then((text) => copy(text, t('diagnosticsCopied'))),
  };
}

const useCanFlip = (): boolean => {
  const coarse = useMediaQuery('(pointer: coarse)');
  return useLocal(selectCameras) > 1 && coarse;
};

/** Everything that is not needed every minute. */
export function MoreMenu({ call, onDevices, onEnd }: MoreProps) {
  const t = useTranslations('call.more');
  const controls = useTranslations('call.controls');
  const devices = useTranslations('call.devices');
  const session = useSession();
  const canFlip = useCanFlip();
  const [shortcuts, setShortcuts] = useSwitch('shortcuts');
  const [sounds, setSounds] = useSwitch('sounds');
  const { copyDiagnostics } = useCopies();
  return (
    <Menu theme="stage" side="top" trigger={<CallKey label={controls('more')} icon={Ellipsis} />}>
      <MenuItem icon={<Settings aria-hidden />} onSelect={onDevices}>
        {devices('title')}
      </MenuItem>
      {canFlip ? (
        <MenuItem icon={<SwitchCamera aria-hidden />} onSelect={() => session.local.flipCamera()}>
          {t('flipCamera')}
        </MenuItem>
      ) : null}
      {call.canShare && !call.sharing ? (
        <MenuItem icon={<Volume2 aria-hidden />} onSelect={call.shareSound}>
          {t('shareSound')}
        </MenuItem>
      ) : null}
      {call.host && !call.recording ? (
        <MenuItem icon={<HardDriveDownload aria-hidden />} onSelect={() => call.record('device')}>
          {t('recordToDevice')}
        </MenuItem>
      ) : null}
      <MenuRule />
      <MenuCheck icon={<Keyboard aria-hidden />} checked={shortcuts} onChange={setShortcuts}>
        {t('shortcuts')}
      </MenuCheck>
      <MenuCheck icon={<Volume2 aria-hidden />} checked={sounds} onChange={setSounds}>
        {t('sounds')}
      </MenuCheck>
      <MenuItem icon={<Activity aria-hidden />} onSelect={copyDiagnostics}>
        {t('copyDiagnostics')}
      </MenuItem>
      {call.host ? (
        <>
          <MenuRule />
          <MenuItem kind="danger" icon={<CircleX aria-hidden />} onSelect={onEnd}>
            {t('endForAll')}
          </MenuItem>
        </>
      ) : null}
    </Menu>
  );
}

/** On a phone: everything that is not one of the five keys, in a sheet. */
export function MoreSheet({
  call,
  onClose,
  onPeople,
  onDevices,
  onEnd,
}: MoreProps & { onClose: () => void; onPeople: () => void }) {
  const t = useTranslations('call.more');
  const controls = useTranslations('call.controls');
  const devices = useTranslations('call.devices');
  const names = useTranslations('call.reactions');
  const session = useSession();
  const canFlip = useCanFlip();
  const people = useRoom(selectCount);
  const [shortcuts, setShortcuts] = useSwitch('shortcuts');
  const [sounds, setSounds] = useSwitch('sounds');
  const saved = useSavedSoFar();
  const { inviteLink, copyInvite, copyDiagnostics } = useCopies();
  const then = (act: () => void) => () => {
    onClose();
    act();
  };
  // The sheet gives the focus back to its key first: to that the dialog gives it back in turn, not to a row that is gone.
  const thenOpen = (open: () => void) => () => {
    flushSync(onClose);
    queueMicrotask(open);
  };
  return (
    <Panel title={controls('more')} closeLabel={controls('close')} onClose={onClose} sheet tall={false}>
      <div className="min-h-0 overflow-y-auto px-2 pb-3">
        <div role="group" aria-label={controls('react')} className="flex justify-between px-2 pb-2">
          {REACTIONS.map((reaction) => (
            <button
              key={reaction}
              type="button"
              aria-label={names(REACTION_NAMES[reaction])}
              onClick={then(() => call.react(reaction))}
              className="grid size-12 place-items-center rounded-tile text-[24px]/none hover:bg-raised"
            >
              {reaction}
            </button>
          ))}
        </div>
        <Row icon={Hand} onClick={then(call.toggleHand)}>
          {call.handUp ? controls('lowerHand') : controls('raiseHand')}
        </Row>
        <Row icon={Users} tail={people} onClick={onPeople}>
          {controls('people')}
        </Row>
        {call.canShare ? (
          <Row icon={MonitorUp} onClick={then(call.toggleShare)}>
            {call.sharing ? controls('stopSharing') : controls('shareScreen')}
          </Row>
        ) : null}
        {call.host ? (
          <Row
            icon={CircleDot}
            tail={saved ?? undefined}
            onClick={then(() => (call.recording ? call.stopRecording() : call.record('server')))}
          >
            {call.recording ? controls('stopRecording') : controls('record')}
          </Row>
        ) : null}
        {call.host && !call.recording ? (
          <Row icon={HardDriveDownload} onClick={then(() => call.record('device'))}>
            {t('recordToDevice')}
          </Row>
        ) : null}
        {canFlip ? (
          <Row icon={SwitchCamera} onClick={then(() => session.local.flipCamera())}>
            {t('flipCamera')}
          </Row>
        ) : null}
        <Row icon={Settings} onClick={thenOpen(onDevices)}>
          {devices('title')}
        </Row>
        {inviteLink === null ? null : (
          <Row icon={Copy} onClick={then(copyInvite)}>
            {t('copyInvite')}
          </Row>
        )}
        <Row
          icon={Keyboard}
          tail={shortcuts ? t('on') : t('off')}
          pressed={shortcuts}
          onClick={() => setShortcuts(!shortcuts)}
        >
          {t('shortcuts')}
        </Row>
        <Row icon={Volume2} tail={sounds ? t('on') : t('off')} pressed={sounds} onClick={() => setSounds(!sounds)}>
          {t('sounds')}
        </Row>
        <Row icon={Activity} onClick={then(copyDiagnostics)}>
          {t('copyDiagnostics')}
        </Row>
        {call.host ? (
          <Row icon={CircleX} danger onClick={thenOpen(onEnd)}>
            {t('endForAll')}
          </Row>
        ) : null}
      </div>
    </Panel>
  );
}

function Row({
  icon: Icon,
  tail,
  danger = false,
  pressed,
  onClick,
  children,
}: {
  icon: LucideIcon;
  /** At the end, not part of the name. */
  tail?: ReactNode;
  danger?: boolean;
  pressed?: boolean;
  onClick: () => void;
  children: ReactNode;
}) {
  return (
    <button
      type="button"
      aria-pressed={pressed}
      onClick={onClick}
      className={cx(
        'flex h-12 w-full items-center gap-3 rounded-control px-3 text-left text-[15px]/6 hover:bg-raised',
        danger && 'text-danger',
      )}
    >
      <Icon aria-hidden className={cx('size-5!', !danger && 'text-ink-2')} />
      <span className="min-w-0 flex-1 truncate">{children}</span>
      {tail === undefined ? null : (
        <span aria-hidden className="text-small text-ink-3 tabular-nums">
          {tail}
        </span>
      )}
    </button>
  );
}
