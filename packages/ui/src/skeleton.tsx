import { cx } from './cx';

/** A bar in the shape of what comes. Shows after 400 ms: a quick answer needs no promise. Give it width and height by class. */
export function Skeleton({ className }: { className?: string }) {
  return <span aria-hidden className={cx('block h-3 animate-late rounded-[6px] bg-fill', className)} />;
}
