import { cx } from './cx';

/**
 * voice: the one fill of a screen, for what is live. ink: the fill for everything else. plain: bordered.
 * quiet: text only. quiet-danger: text only, red. danger: red fill, inside dialogs.
 */
export type ButtonKind = 'voice' | 'ink' | 'plain' | 'quiet' | 'quiet-danger' | 'danger';
export type ButtonSize = 'small' | 'control' | 'large';

const KINDS: Record<ButtonKind, string> = {
  voice: 'border-transparent bg-voice text-on-voice hover:bg-voice-strong',
  ink: 'border-transparent bg-ink text-on-ink hover:bg-[color-mix(in_srgb,var(--ink)_86%,var(--paper))]',
  plain:
    'border-line bg-surface text-ink hover:border-control hover:bg-fill in-data-[theme=stage]:bg-raised in-data-[theme=stage]:hover:bg-raised-2',
  quiet: 'border-transparent text-ink-2 hover:bg-fill hover:text-ink',
  'quiet-danger': 'border-transparent text-danger hover:bg-danger-tint hover:text-danger-tint-ink',
  danger: 'border-transparent bg-danger-fill text-on-danger hover:bg-danger-fill-strong',
};

const SIZES: Record<ButtonSize, string> = {
  small: 'h-8 px-3 text-small has-[>svg:first-child:not(:last-child)]:pl-2.25',
  control: 'h-10 px-4 text-button has-[>svg:first-child:not(:last-child)]:pl-3.25',
  large: 'h-12 px-6 text-item',
};

const ICON_SIZES: Record<ButtonSize, string> = { small: 'size-8', control: 'size-10', large: 'size-12' };

export interface ButtonLook {
  kind?: ButtonKind;
  size?: ButtonSize;
  /** As wide as its box. */
  block?: boolean;
  /** A square that holds an icon alone; give it an aria-label. */
  iconOnly?: boolean;
}

/** The classes of a button, for what must be a link: `<Link className={buttonClass({ kind: 'voice' })}>`. */
export function buttonClass({
  kind = 'plain',
  size = 'control',
  block = false,
  iconOnly = false,
}: ButtonLook = {}): string {
  return cx(
    'relative inline-flex items-center justify-center gap-2 rounded-control border font-medium whitespace-nowrap select-none',
    'transition-[background-color,border-color,color] duration-120',
    'disabled:cursor-default disabled:opacity-45 aria-busy:cursor-default',
    // 44 px to touch at least, whatever the eye sees.
    size !== 'large' && 'touch:after:absolute touch:after:-inset-1.5 touch:after:content-[""]',
    iconOnly ? ICON_SIZES[size] : SIZES[size],
    KINDS[kind],
    block && 'w-full',
  );
}
