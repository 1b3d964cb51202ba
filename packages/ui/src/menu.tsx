'use client';

import { DropdownMenu as Radix } from 'radix-ui';
import { Fragment, type ReactElement, type ReactNode } from 'react';
import { cx } from './cx';

/** A menu that hangs on `trigger` (one button). Arrow keys, letters, Escape. */
export function Menu({
  trigger,
  children,
  align = 'end',
  side = 'bottom',
  header,
  theme,
  inPlace = false,
}: {
  trigger: ReactElement;
  children: ReactNode;
  align?: 'start' | 'center' | 'end';
  side?: 'top' | 'bottom';
  /** Above the items, not one of them. */
  header?: ReactNode;
  /** "stage" when it hangs on something of the stage: menus are drawn at the end of the page, outside of it. */
  theme?: 'stage';
  /** Drawn beside its trigger, in the same landmark and theme. Only where nothing around it cuts off what hangs out. */
  inPlace?: boolean;
}) {
  const Place = inPlace ? Fragment : Radix.Portal;
  return (
    <Radix.Root modal={false}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Place>
        <Radix.Content
          data-theme={theme}
          align={align}
          side={side}
          sideOffset={6}
          collisionPadding={8}
          loop
          className="z-40 w-62 rounded-card border border-line bg-surface p-1.5 text-button text-ink shadow-raised outline-none data-[state=closed]:animate-pop-out data-[state=open]:animate-pop-in"
        >
          {header}
          {children}
        </Radix.Content>
      </Place>
    </Radix.Root>
  );
}

const ITEM =
  'flex h-9 cursor-pointer items-center gap-2.5 rounded-[7px] px-2.5 outline-none select-none phone:h-12 touch:h-12 data-disabled:cursor-default data-disabled:opacity-45 data-highlighted:bg-raised';

interface MenuItemProps {
  icon?: ReactNode;
  kind?: 'plain' | 'danger';
  disabled?: boolean;
  /** At the end of the row: a key, a value, a switch. */
  tail?: ReactNode;
  children: ReactNode;
}

/** One row: something to do. */
export function MenuItem({ onSelect, ...row }: MenuItemProps & { onSelect: (event: Event) => void }) {
  return (
    <Radix.Item
      disabled={row.disabled ?? false}
      onSelect={onSelect}
      className={cx(ITEM, row.kind === 'danger' && 'text-danger')}
    >
      <Row {...row} />
    </Radix.Item>
  );
}

/** One row that is a link: `link` is the anchor element without children. */
export function MenuLink({ link, ...row }: MenuItemProps & { link: (content: ReactNode) => ReactElement }) {
  return (
    <Radix.Item asChild disabled={row.disabled ?? false} className={ITEM}>
      {link(<Row {...row} />)}
    </Radix.Item>
  );
}

/** One row that is on or off; the menu stays open. */
export function MenuCheck({
  checked,
  onChange,
  ...row
}: Omit<MenuItemProps, 'tail' | 'kind'> & { checked: boolean; onChange: (checked: boolean) => void }) {
  return (
    <Radix.CheckboxItem
      checked={checked}
      disabled={row.disabled ?? false}
      onCheckedChange={onChange}
      onSelect={(event) => event.preventDefault()}
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
    </Radix.CheckboxItem>
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
  return <Radix.Separator className="my-1.5 h-px bg-line" />;
}
