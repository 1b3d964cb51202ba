/** What happens to the page and its network. */
export type PageEvent =
  | 'online' // the network is back, or another one
  | 'visible' // the tab is looked at again, perhaps after the computer slept
  | 'hide' // the page goes away: closed, reloaded, or put into the back/forward cache
  | 'restore'; // it came back from the back/forward cache, with all its connections dead

export interface PageEvents {
  on(event: PageEvent, listener: () => void): () => void;
  /** Nobody looks: another tab is in front, or the window is minimised. */
  readonly hidden: boolean;
}

export const browserPage: PageEvents = {
  get hidden() {
    return document.visibilityState === 'hidden';
  },
  on(event, listener) {
    const run = {
      online: () => listener(),
      visible: () => document.visibilityState === 'visible' && listener(),
      hide: () => listener(),
      restore: (e: Event) => (e as PageTransitionEvent).persisted && listener(),
    }[event];
    const [target, name]: [EventTarget, string] = {
      online: [window, 'online'] as [EventTarget, string],
      visible: [document, 'visibilitychange'] as [EventTarget, string],
      hide: [window, 'pagehide'] as [EventTarget, string],
      restore: [window, 'pageshow'] as [EventTarget, string],
    }[event];
    target.addEventListener(name, run);
    return () => target.removeEventListener(name, run);
  },
};
