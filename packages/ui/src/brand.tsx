import { cx } from './cx';

/** Two speech shapes that face each other and close into one round. Left half voice, right half ink. */
export function Mark({ className, faint = false }: { className?: string; faint?: boolean }) {
  return (
    <svg viewBox="0 0 24 24" aria-hidden className={cx('flex-none', className ?? 'size-6')} strokeLinejoin="round">
      <path
        d="M10.5 3.5a8.5 8.5 0 0 0-8 8.5v8.5h8z"
        className={faint ? 'fill-voice-tint stroke-voice-tint' : 'fill-voice stroke-voice'}
      />
      <path
        d="M13.5 20.5a8.5 8.5 0 0 0 8-8.5V3.5h-8z"
        className={faint ? 'fill-fill stroke-fill' : 'fill-ink stroke-ink'}
      />
    </svg>
  );
}

/** Mark and name. */
export function Brand() {
  return (
    <span className="inline-flex items-center gap-2.25 text-[18px]/6 font-semibold tracking-[-0.02em] text-ink">
      <Mark />
      Parley
    </span>
  );
}
