'use client';

import { CallBar, CallKey, CallKeyGroup } from '@parley/ui/call-key';
import { Menu, MenuItem } from '@parley/ui/menu';
import {
  CircleDot,
  Ellipsis,
  Hand,
  MessageSquare,
  Mic,
  MicOff,
  MonitorUp,
  PhoneOff,
  SmilePlus,
  Users,
  Video,
  VideoOff,
} from 'lucide-react';
import { useTranslations } from 'next-intl';
import { MoreMenu } from './more-menu';
import { useSwitch } from './preferences';
import { REACTION_NAMES, REACTIONS } from './reactions';
import { selectCount } from './tiles';
import type { CallActions } from './use-call';
import { useRoom } from './use-room';

/** What opens beside the stage. */
export type PanelName = 'chat' | 'people' | 'more';

export interface ControlsProps {
  call: CallActions;
  phone: boolean;
  panel: PanelName | null;
  onPanel: (panel: PanelName | null) => void;
  unread: number;
  onDevices: () => void;
  onEnd: () => void;
  onLeave: () => void;
}

/** The keys of the call: all of them, or on a phone exactly five. */
export function Controls({ call, phone, panel, onPanel, unread, onDevices, onEnd, onLeave }: ControlsProps) {
  const t = useTranslations('call.controls');
  const [shortcuts] = useSwitch('shortcuts');
  const people = useRoom(selectCount);
  const key = (letter: string): string | undefined => (shortcuts && !phone ? letter : undefined);
  const toggle = (name: PanelName) => () => onPanel(panel === name ? null : name);

  const microphone = (
    <CallKey
      label={call.microphoneOn ? t('mute') : t('unmute')}
      icon={call.microphoneOn ? Mic : MicOff}
      look={call.microphoneOn ? 'rest' : 'off'}
      shortcut={key('M')}
      tooltip={!phone}
      onClick={call.toggleMicrophone}
    />
  );
  const camera = (
    <CallKey
      label={call.cameraOn ? t('stopVideo') : t('startVideo')}
      icon={call.cameraOn ? Video : VideoOff}
      look={call.cameraOn ? 'rest' : 'off'}
      shortcut={key('V')}
      tooltip={!phone}
      onClick={call.toggleCamera}
    />
  );
  const chat = (
    <CallKey
      label={t('chat')}
      icon={MessageSquare}
      look={panel === 'chat' ? 'on' : 'rest'}
      aria-expanded={panel === 'chat'}
      shortcut={key('C')}
      count={unread}
      tooltip={!phone}
      onClick={toggle('chat')}
    />
  );

  if (phone)
    return (
      <CallBar label={t('label')} className="gap-4">
        {microphone}
        {camera}
        {chat}
        <CallKey
          label={t('more')}
          icon={Ellipsis}
          look={panel === 'more' || panel === 'people' ? 'on' : 'rest'}
          aria-expanded={panel === 'more'}
          tooltip={false}
          onClick={toggle('more')}
        />
        <CallKey label={t('leave')} icon={PhoneOff} look="leave" tooltip={false} className="ml-4" onClick={onLeave} />
      </CallBar>
    );

  return (
    <CallBar label={t('label')} className="gap-4 max-[800px]:gap-2">
      <CallKeyGroup className="max-[800px]:gap-1.5">
        {microphone}
        {camera}
        {call.canShare ? (
          <CallKey
            label={call.sharing ? t('stopSharing') : t('shareScreen')}
            icon={MonitorUp}
            look={call.sharing ? 'on' : 'rest'}
            shortcut={key('S')}
            onClick={call.toggleShare}
          />
        ) : null}
        {call.host ? (
          <CallKey
            label={call.recording ? t('stopRecording') : t('record')}
            icon={CircleDot}
            look={call.recording ? 'on' : 'rest'}
            busy={call.recordingStarts}
            className={RECORD}
            onClick={({ detail }) => {
              // The second click of two finds the other key here, and nobody wants both.
              if (detail > 1) return;
              if (call.recording) call.stopRecording();
              else call.record('server');
            }}
          />
        ) : null}
      </CallKeyGroup>
      <CallKeyGroup className="max-[800px]:gap-1.5">
        {chat}
        <CallKey
          label={t('people')}
          icon={Users}
          look={panel === 'people' ? 'on' : 'rest'}
          aria-expanded={panel === 'people'}
          count={people}
          quiet
          onClick={toggle('people')}
        />
      </CallKeyGroup>
      <CallKeyGroup className="max-[800px]:gap-1.5">
        <CallKey
          label={call.handUp ? t('lowerHand') : t('raiseHand')}
          icon={Hand}
          look={call.handUp ? 'on' : 'rest'}
          onClick={call.toggleHand}
        />
        <ReactMenu call={call} />
        <MoreMenu call={call} onDevices={onDevices} onEnd={onEnd} />
      </CallKeyGroup>
      <CallKey
        label={t('leave')}
        icon={PhoneOff}
        look="leave"
        word={t('leave')}
        tooltip={false}
        className="ml-2"
        onClick={onLeave}
      />
    </CallBar>
  );
}

/** The dot in the middle of the ring is a filled one of r 4, and red while it records. */
const RECORD =
  '[&_circle[r="1"]]:fill-current [&_circle[r="1"]]:stroke-none [&_circle[r="1"]]:[r:4px] [&.bg-ink_svg]:text-danger-fill';

function ReactMenu({ call }: { call: CallActions }) {
  const t = useTranslations('call.controls');
  const names = useTranslations('call.reactions');
  return (
    <Menu theme="stage" side="top" align="center" trigger={<CallKey label={t('react')} icon={SmilePlus} />}>
      {REACTIONS.map((reaction) => (
        <MenuItem key={reaction} icon={<span aria-hidden>{reaction}</span>} onSelect={() => call.react(reaction)}>
          {names(REACTION_NAMES[reaction])}
        </MenuItem>
      ))}
    </Menu>
  );
}
