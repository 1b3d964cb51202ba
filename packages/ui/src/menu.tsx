'use client';

import {
  type AnchorHTMLAttributes,
  type ButtonHTMLAttributes,
  cloneElement,
  createContext,
  type KeyboardEvent,
  type MouseEvent,
  type PointerEvent,
  type ReactElement,
  type ReactNode,
  useContext,
  useEffect,
  useId,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import { createPortal } from 'react-dom';
import { placeBeside } from './beside';
import { cx } from './cx';

/** Letters typed within this make one word to look for, ms. */
const WORD_MS = 1_000;
const ENABLED = '[role^=menuitem]:not([aria-disabled])';

/** Closes the menu around an item; the focus goes back to what opened it. */
const CloseMenu = createContext<() => void>(() => undefined);

/** Where the focus is when a menu opens: on the menu itself for a pointer, else at an end. */
type Start = 'menu' | 'first' | 'last';

interface Opened {
  readonly trigger: HTMLElement;
  readonly start: Start;
}

interface MenuLook {
  align?: 'start' | 'center' | 'end';
  side?: 'top' | 'bottom';
  /** Above the items, not one of them. */
  header?: ReactNode;
  /** "stage" when it hangs on something of the stage: menus are drawn at the end of the page, outside of it. */
  theme?: 'stage';
  /** Drawn beside its trigger, in the same landmark and theme. Only where nothing around it cuts off what hangs out. */
  inPlace?: boolean;
}

/**
 * A menu that hangs on `trigger` (one button). Arrow keys, letters, Home, End, Escape, as the menu button of the WAI-ARIA
 * Authoring Practices.
 */
export function Menu({
  trigger,
  children,
  ...look
}: MenuLook & { trigger: ReactElement<ButtonHTMLAttributes<HTMLButtonElement>>; children: ReactNode }) {
  const id = useId();
  const [opened, setOpened] = useState<Opened | null>(null);
  return (
    <>
      {cloneElement(trigger, {
        id: `${id}trigger`,
        'aria-haspopup': 'menu',
        'aria-expanded': opened !== null,
        'aria-controls': opened ? id : undefined,
        onClick(event: MouseEvent<HTMLButtonElement>) {
          const { currentTarget, detail } = event;
          // A click without a count of clicks is one of the keyboard or of assistive technology.
          setOpened(opened ? null : { trigger: currentTarget, start: detail === 0 ? 'first' : 'menu' });
        },
        onKeyDown(event: KeyboardEvent<HTMLButtonElement>) {
          if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
          event.preventDefault();
          setOpened({ trigger: event.currentTarget, start: event.key === 'ArrowDown' ? 'first' : 'last' });
        },
      })}
      {opened ? (
        <Content id={id} opened={opened} onClose={() => setOpened(null)} {...look}>
          {children}
        </Content>
      ) : null}
    </>
  );
}

function Content({
  id,
  opened: { trigger, start },
  onClose,
  align = 'end',
  side = 'bottom',
  header,
  theme,
  inPlace = false,
  children,
}: MenuLook & { id: string; opened: Opened; onClose: () => void; children: ReactNode }) {
  const menu = useRef<HTMLDivElement>(null);
  const word = useRef({ letters: '', at: 0 });

  // After each render: what is in it may have changed.
  useLayoutEffect(() => {
    if (menu.current) placeBeside(menu.current, trigger, { side, align, gap: 6 });
  });
  useLayoutEffect(() => {
    const items = itemsOf(menu.current);
    const first = { menu: menu.current, first: items[0], last: items.at(-1) }[start] ?? menu.current;
    first?.focus({ preventScroll: true });
  }, [start]);
  useEffect(() => {
    const outside = (event: Event): void => {
      if (!(event.target instanceof Node) || menu.current?.contains(event.target)) return;
      // What presses the trigger closes by its click.
      if (!trigger.contains(event.target)) onClose();
    };
    const move = (): void => {
      if (menu.current) placeBeside(menu.current, trigger, { side, align, gap: 6 });
    };
    document.addEventListener('pointerdown', outside, true);
    document.addEventListener('focusin', outside);
    window.addEventListener('scroll', move, true);
    window.addEventListener('resize', move);
    return () => {
      document.removeEventListener('pointerdown', outside, true);
      document.removeEventListener('focusin', outside);
      window.removeEventListener('scroll', move, true);
      window.removeEventListener('resize', move);
    };
  });

  const close = (): void => {
    onClose();
    trigger.focus({ preventScroll: true });
  };
  const press = (event: KeyboardEvent<HTMLDivElement>): void => {
    // What hangs on a key of a toolbar is in the toolbar for React: its keys are its own.
    event.stopPropagation();
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const items = itemsOf(menu.current);
    const at = items.findIndex((item) => item === document.activeElement);
    const to = {
      ArrowDown: items[(at + 1) % items.length],
      ArrowUp: items.at(at < 0 ? -1 : at - 1),
      Home: items[0],
      End: items.at(-1),
    }[event.key];
    if (to) to.focus();
    else if (event.key === 'Escape') close();
    else if (event.key === 'Enter' || event.key === ' ') items[at]?.click();
    else if (event.key.length === 1) {
      const now = performance.now();
      const letters = (now - word.current.at < WORD_MS ? word.current.letters : '') + event.key.toLowerCase();
      word.current = { letters, at: now };
      // One letter goes on to the next that begins with it; more of them may mean the one where it is.
      const from = letters.length > 1 ? Math.max(at, 0) : at + 1;
      const order = [...items.slice(from), ...items.slice(0, from)];
      order.find((item) => item.textContent.trim().toLowerCase().startsWith(letters))?.focus();
    } else if (event.key !== 'Tab') return;
    // A menu is left by Escape or by choosing: Tab stays.
    event.preventDefault();
  };

  const content = (
    <div
      ref={menu}
      id={id}
      role="menu"
      tabIndex={-1}
      aria-labelledby={`${id}trigger`}
      aria-orientation="vertical"
      data-theme={theme}
      onKeyDown={press}
      className="z-40 w-62 animate-pop-in rounded-card border border-line bg-surface p-1.5 text-button text-ink shadow-raised outline-none"
    >
      {header}
      <CloseMenu value={close}>{children}</CloseMenu>
    </div>
  );
  return inPlace ? content : createPortal(content, document.body);
}

/** What the arrows reach, in order; what a narrow page or a wide one leaves out is not among them. */
function itemsOf(menu: HTMLElement | null): HTMLElement[] {
  return [...(menu?.querySelectorAll<HTMLElement>(ENABLED) ?? [])].filter((item) => item.getClientRects().length > 0);
}

const ITEM =
  'flex h-9 cursor-pointer items-center gap-2.5 rounded-[7px] px-2.5 outline-none select-none phone:h-12 touch:h-12 aria-disabled:cursor-default aria-disabled:opacity-45 focus:bg-raised';

interface MenuItemProps {
  icon?: ReactNode;
  kind?: 'plain' | 'danger';
  disabled?: boolean;
  /** At the end of the row: a key, a value, a switch. */
  tail?: ReactNode;
  children: ReactNode;
}

/** What every row is: the pointer takes the focus along. */
const rowProps = (disabled = false) => ({
  tabIndex: -1,
  'aria-disabled': disabled || undefined,
  onPointerMove({ pointerType, currentTarget }: PointerEvent<HTMLElement>) {
    if (pointerType === 'mouse' && !disabled) currentTarget.focus({ preventScroll: true });
  },
  onPointerLeave({ pointerType, currentTarget }: PointerEvent<HTMLElement>) {
    if (pointerType === 'mouse') currentTarget.closest<HTMLElement>('[role=menu]')?.focus({ preventScroll: true });
  },
});

/** One row: something to do. */
export function MenuItem({ onSelect, ...row }: MenuItemProps & { onSelect: () => void }) {
  const close = useContext(CloseMenu);
  return (
    <div
      role="menuitem"
      {...rowProps(row.disabled)}
      onClick={() => {
        if (row.disabled) return;
        // First: what it opens gives the focus back to the trigger.
        close();
        onSelect();
      }}
      className={cx(ITEM, row.kind === 'danger' && 'text-danger')}
    >
      <Row {...row} />
    </div>
  );
}

/** One row that is a link: `link` is the anchor element around its content. */
export function MenuLink({
  link,
  ...row
}: Omit<MenuItemProps, 'disabled'> & {
  link: (content: ReactNode) => ReactElement<AnchorHTMLAttributes<HTMLAnchorElement>>;
}) {
  const close = useContext(CloseMenu);
  return cloneElement(link(<Row {...row} />), {
    role: 'menuitem',
    ...rowProps(),
    onClick: close,
    className: ITEM,
  });
}

/** One row that is on or off; the menu stays open. */
export function MenuCheck({
  checked,
  onChange,
  ...row
}: Omit<MenuItemProps, 'tail' | 'kind'> & { checked: boolean; onChange: (checked: boolean) => void }) {
  return (
    <div
      role="menuitemcheckbox"
      aria-checked={checked}
      {...rowProps(row.disabled)}
      onClick={() => {
        if (!row.disabled) onChange(!checked);
      }}
      className={ITEM}
    >
      <Row
        {...row}
        tail={
          <span
            aria-hidden
            className={cx(
              'relative block h-5 w-9 rounded-full transition-colors duration-120',
              checked ? 'bg-voice' : 'bg-control',
            )}
          >
            <span
              className={cx(
                'absolute top-0.5 left-0.5 size-4 rounded-full transition-transform duration-120',
                checked ? 'translate-x-4 bg-on-voice' : 'bg-white',
              )}
            />
          </span>
        }
      />
    </div>
  );
}

function Row({ icon, kind, tail, children }: MenuItemProps) {
  return (
    <>
      {icon ? <span className={cx('flex-none [&>svg]:size-4', kind !== 'danger' && 'text-ink-2')}>{icon}</span> : null}
      <span className="min-w-0 flex-1 truncate">{children}</span>
      {tail ? <span className="flex-none text-small text-ink-3">{tail}</span> : null}
    </>
  );
}

/** A rule between groups. */
export function MenuRule() {
  return <div role="separator" className="my-1.5 h-px bg-line" />;
}
