/** How far something is, 0..1; `null` when nobody can tell. Ink, never voice: it is not live. */
export function ProgressBar({ value, label }: { value: number | null; label: string }) {
  return (
    <progress
      aria-label={label}
      {...(value === null ? {} : { value: Math.min(1, Math.max(0, value)) })}
      max={1}
      className="block h-1 w-full appearance-none overflow-hidden rounded-[2px] border-0 bg-line [&::-moz-progress-bar]:rounded-[2px] [&::-moz-progress-bar]:bg-ink [&::-webkit-progress-bar]:bg-line [&::-webkit-progress-value]:rounded-[2px] [&::-webkit-progress-value]:bg-ink"
    />
  );
}
