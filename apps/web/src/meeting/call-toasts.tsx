'use client';

import type { Refusal, Result } from '@parley/protocol/refusal';
import type { RtcError } from '@parley/rtc-core';
import { type ToastItem, Toasts } from '@parley/ui/toast';
import { Check, CircleDot, Hand, MicOff, TriangleAlert, Users, Wifi } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { createContext, type ReactNode, useCallback, useContext, useMemo, useRef, useState } from 'react';
import { pushed, type QueuedToast, type ToastContent, type ToastIcon } from './toast-queue';
import { useTrouble } from './use-trouble';

type Push = (topic: string, content: ToastContent) => void;
const ToastContext = createContext<Push>(() => undefined);

/** Says something in passing. */
export const useToast = (): Push => useContext(ToastContext);

/** Says what was refused and why: "Nobody was removed. Only a host can do that." */
export function useComplain(): (what: string, trouble: RtcError | Refusal) => void {
  const push = useToast();
  const sentence = useTrouble();
  return useCallback(
    (what, trouble) =>
      push(`trouble ${what}`, { type: 'text', icon: 'trouble', text: `${what} ${sentence(trouble)}`.trim() }),
    [push, sentence],
  );
}

/** Runs a command of the room and complains when it is refused. */
export function useAsk(): (what: string, command: Promise<Result<unknown>>) => Promise<boolean> {
  const complain = useComplain();
  return useCallback(
    async (what, command) => {
      const result = await command;
      if (!result.ok) complain(what, result.refusal);
      return result.ok;
    },
    [complain],
  );
}

const ICONS: Readonly<Record<ToastIcon, ReactNode>> = {
  people: <Users aria-hidden />,
  record: <CircleDot aria-hidden />,
  muted: <MicOff aria-hidden />,
  hand: <Hand aria-hidden />,
  line: <Wifi aria-hidden />,
  trouble: <TriangleAlert aria-hidden />,
  done: <Check aria-hidden />,
};

/** Holds the toasts of a call and shows them above the name pills. */
export function ToastStand({ children }: { children: ReactNode }) {
  const t = useTranslations('call.toasts');
  const [queue, setQueue] = useState<readonly QueuedToast[]>([]);
  const next = useRef(0);
  const push = useCallback<Push>((topic, content) => {
    const id = `toast-${next.current++}`;
    setQueue((now) => pushed(now, { id, topic, content }));
  }, []);
  const items = useMemo(
    () =>
      queue.map(({ id, content }): ToastItem => {
        if (content.type === 'text') {
          const { text, icon, action } = content;
          return {
            id,
            text,
            icon: ICONS[icon],
            ...(icon === 'trouble' ? { kind: 'trouble' } : {}),
            ...(action ? { action: { ...action, alt: action.label } } : {}),
          };
        }
        const [name = ''] = content.names;
        const count = content.names.length;
        const one = content.type === 'joined' ? t('joined', { name }) : t('left', { name });
        const many = content.type === 'joined' ? t('manyJoined', { count }) : t('manyLeft', { count });
        return { id, text: count === 1 ? one : many, icon: ICONS.people };
      }),
    [queue, t],
  );
  return (
    <ToastContext value={push}>
      {children}
      <Toasts
        label={t('label')}
        toasts={items}
        onGone={(id) => setQueue((now) => now.filter((toast) => toast.id !== id))}
        // Under a sheet: it was opened to be read.
        className="absolute bottom-33 left-8 z-15! phone:bottom-30.5 phone:left-6"
      />
    </ToastContext>
  );
}
