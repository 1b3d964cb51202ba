// A timer that keeps its pace in a hidden tab, where the page's own timers fall to one a second.

self.addEventListener('message', (event: MessageEvent<number>) => {
  setInterval(() => self.postMessage(null), 1_000 / event.data);
});
