import { ChevronDown, CircleAlert } from 'lucide-react';
import { type ComponentProps, type ReactNode, useId } from 'react';
import { cx } from './cx';

interface FieldWords {
  label: string;
  hint?: ReactNode;
  /** A sentence that says how to mend it. */
  error?: ReactNode;
  /** The label is read, not seen. */
  hideLabel?: boolean;
}

const CONTROL =
  'w-full min-w-0 rounded-control border border-control bg-surface px-3 text-button text-ink phone:text-field-phone ' +
  'disabled:opacity-45 ' +
  'aria-invalid:border-danger aria-invalid:shadow-[inset_0_0_0_1px_var(--danger)] in-data-[theme=stage]:bg-raised';

// For what is typed into: a select matches :read-only too.
const READ_ONLY = 'read-only:border-line read-only:bg-sunken read-only:text-ink-2';

function Field({
  id,
  label,
  hint,
  error,
  hideLabel,
  className,
  children,
}: FieldWords & { id: string; className?: string | undefined; children: ReactNode }) {
  return (
    <div className={cx('grid min-w-0 content-start gap-1.5', className)}>
      <label htmlFor={id} className={hideLabel ? 'sr-only' : 'text-small font-medium text-ink-2'}>
        {label}
      </label>
      {children}
      {hint ? (
        <p id={`${id}-hint`} className="text-small text-ink-3">
          {hint}
        </p>
      ) : null}
      {error ? (
        <p id={`${id}-error`} className="flex gap-1.5 text-small text-danger">
          <CircleAlert aria-hidden className="mt-0.5 size-4!" />
          <span className="min-w-0">{error}</span>
        </p>
      ) : null}
    </div>
  );
}

function described(id: string, hint: ReactNode, error: ReactNode): string | undefined {
  return cx(hint ? `${id}-hint` : null, error ? `${id}-error` : null) || undefined;
}

export type TextFieldProps = Omit<ComponentProps<'input'>, 'size'> & FieldWords & { large?: boolean };

/** A one-line field with its label, hint and error. */
export function TextField({ label, hint, error, hideLabel, large, className, id, ...rest }: TextFieldProps) {
  const made = useId();
  const fieldId = id ?? made;
  return (
    <Field
      id={fieldId}
      label={label}
      hint={hint}
      {...(error ? { error } : {})}
      hideLabel={hideLabel ?? false}
      className={className}
    >
      <input
        id={fieldId}
        className={cx(CONTROL, READ_ONLY, large ? 'h-12 text-field-phone' : 'h-10 phone:h-12')}
        aria-invalid={error ? true : undefined}
        aria-describedby={described(fieldId, hint, error)}
        {...rest}
      />
    </Field>
  );
}

export type TextAreaProps = ComponentProps<'textarea'> & FieldWords;

/** A field of several lines. */
export function TextArea({ label, hint, error, hideLabel, className, id, ...rest }: TextAreaProps) {
  const made = useId();
  const fieldId = id ?? made;
  return (
    <Field
      id={fieldId}
      label={label}
      hint={hint}
      {...(error ? { error } : {})}
      hideLabel={hideLabel ?? false}
      className={className}
    >
      <textarea
        id={fieldId}
        className={cx(CONTROL, READ_ONLY, 'h-22 resize-none py-2')}
        aria-invalid={error ? true : undefined}
        aria-describedby={described(fieldId, hint, error)}
        {...rest}
      />
    </Field>
  );
}

export type SelectFieldProps = ComponentProps<'select'> & FieldWords;

/** The browser's own select: right for a thumb, a keyboard and a screen reader without a line of ours. */
export function SelectField({ label, hint, error, hideLabel, className, id, children, ...rest }: SelectFieldProps) {
  const made = useId();
  const fieldId = id ?? made;
  return (
    <Field
      id={fieldId}
      label={label}
      hint={hint}
      {...(error ? { error } : {})}
      hideLabel={hideLabel ?? false}
      className={className}
    >
      <span className="relative grid min-w-0 items-center">
        <select
          id={fieldId}
          className={cx(CONTROL, 'h-10 appearance-none truncate pr-9 phone:h-12')}
          aria-invalid={error ? true : undefined}
          aria-describedby={described(fieldId, hint, error)}
          {...rest}
        >
          {children}
        </select>
        <ChevronDown aria-hidden className="pointer-events-none absolute right-3 text-ink-3" />
      </span>
    </Field>
  );
}
