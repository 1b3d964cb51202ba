/** Which side of its anchor something hangs on. */
export type Side = 'top' | 'bottom' | 'left' | 'right';

/** Nothing is drawn nearer to the edge of the window, px. */
const EDGE_PX = 8;
const OPPOSITE: Record<Side, Side> = { top: 'bottom', bottom: 'top', left: 'right', right: 'left' };

/**
 * Moves `box` beside `anchor`: `gap` px away on `side`, on the opposite one when it fits only there, and
 * never out of the window. `align` says which of their edges are in line when it is above or below.
 */
export function placeBeside(
  box: HTMLElement,
  anchor: Element,
  { side, align = 'center', gap }: { side: Side; align?: 'start' | 'center' | 'end'; gap: number },
): void {
  box.style.position = 'fixed';
  const at = anchor.getBoundingClientRect();
  // Not getBoundingClientRect: an animation that has just begun moves it. Not offsetWidth: it is rounded, and what was rounded down
  // would stand out.
  const style = getComputedStyle(box);
  const [width, height] = [parseFloat(style.width), parseFloat(style.height)];
  const { clientWidth, clientHeight } = document.documentElement;
  const room: Record<Side, number> = {
    top: at.top - gap - height,
    bottom: clientHeight - at.bottom - gap - height,
    left: at.left - gap - width,
    right: clientWidth - at.right - gap - width,
  };
  const on = room[side] < EDGE_PX && room[OPPOSITE[side]] > room[side] ? OPPOSITE[side] : side;
  const upright = on === 'top' || on === 'bottom';
  const along = {
    start: at.left,
    center: at.left + (at.width - width) / 2,
    end: at.right - width,
  }[align];
  const left = upright ? along : on === 'left' ? room.left : at.right + gap;
  const top = upright ? (on === 'top' ? room.top : at.bottom + gap) : at.top + (at.height - height) / 2;
  const within = (px: number, most: number): string => `${Math.max(EDGE_PX, Math.min(px, most - EDGE_PX))}px`;
  box.style.left = within(left, clientWidth - width);
  box.style.top = within(top, clientHeight - height);
}
