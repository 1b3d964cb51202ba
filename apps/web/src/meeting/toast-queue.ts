/** What passes is said once, in a few words. */
export type ToastContent =
  | { readonly type: 'joined' | 'left'; readonly names: readonly string[] }
  | {
      readonly type: 'text';
      readonly text: string;
      readonly icon: ToastIcon;
      readonly action?: { readonly label: string; readonly onAct: () => void };
    };

export type ToastIcon = 'people' | 'record' | 'muted' | 'hand' | 'line' | 'trouble' | 'done';

export interface QueuedToast {
  readonly id: string;
  /** A newer toast on the same topic takes the place of the older one. */
  readonly topic: string;
  readonly content: ToastContent;
}

/** More at once cannot be read before they go. */
export const MOST_TOASTS = 3;

/**
 * The queue with a toast more. Comings and goings are merged while the last word about them is still there; anything
 * else replaces what was said on its topic.
 */
export function pushed(queue: readonly QueuedToast[], { id, topic, content }: QueuedToast): readonly QueuedToast[] {
  const before = queue.find((toast) => toast.topic === topic)?.content;
  const merged: ToastContent =
    content.type !== 'text' && before?.type === content.type
      ? {
          type: content.type,
          names: [...before.names.filter((name) => !content.names.includes(name)), ...content.names],
        }
      : content;
  return [...queue.filter((toast) => toast.topic !== topic), { id, topic, content: merged }].slice(-MOST_TOASTS);
}
