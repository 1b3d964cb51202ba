/** A key of the keyboard. */
export function Kbd({ children }: { children: string }) {
  return (
    <kbd className="inline-grid h-5 min-w-5 place-items-center rounded-[5px] border border-line px-1.25 font-sans text-[11px]/none font-medium text-ink-2">
      {children}
    </kbd>
  );
}
