'use client';

import { Button } from '@parley/ui/button';
import { Dialog, Question } from '@parley/ui/dialog';
import { TextField } from '@parley/ui/field';
import { Menu, MenuItem, MenuRule } from '@parley/ui/menu';
import { Ellipsis, Pencil, Trash2 } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useActionState, useState, useTransition } from 'react';
import { formOrAway, orAway } from '../frame/or-away';
import { RefusalNote, typed, useRefusal, useRefusalSentence } from '../frame/refusal';
import { FORM_AT_REST, type FormState } from '../server/answer';
import { deleteMeeting, renameMeeting } from './actions';

const renamed = formOrAway(renameMeeting);

/** "More" of a meeting one owns: rename, delete. */
export function MeetingMenu({ id, title, recordings }: { id: string; title: string; recordings: number }) {
  const t = useTranslations('pages.meeting');
  const [open, setOpen] = useState<'rename' | 'delete' | null>(null);
  return (
    <>
      <Menu inPlace trigger={<Button kind="quiet" iconOnly icon={<Ellipsis aria-hidden />} aria-label={t('more')} />}>
        <MenuItem icon={<Pencil aria-hidden />} onSelect={() => setOpen('rename')}>
          {t('rename')}
        </MenuItem>
        <MenuRule />
        <MenuItem kind="danger" icon={<Trash2 aria-hidden />} onSelect={() => setOpen('delete')}>
          {t('delete')}
        </MenuItem>
      </Menu>
      <Dialog
        open={open === 'rename'}
        onOpenChange={(next) => setOpen(next ? 'rename' : null)}
        title={t('renameTitle')}
        closeLabel={t('close')}
      >
        <RenameForm id={id} title={title} onClose={() => setOpen(null)} />
      </Dialog>
      <DeleteQuestion
        id={id}
        title={title}
        recordings={recordings}
        open={open === 'delete'}
        onOpenChange={(next) => setOpen(next ? 'delete' : null)}
      />
    </>
  );
}

function RenameForm({ id, title, onClose }: { id: string; title: string; onClose: () => void }) {
  const t = useTranslations('pages.meeting');
  const [state, action, busy] = useActionState(async (before: FormState, form: FormData) => {
    const after = await renamed(before, form);
    if (after.status === 'done') onClose();
    return after;
  }, FORM_AT_REST);
  const { at, elsewhere } = useRefusal(state);
  return (
    <form action={action} noValidate className="mt-4 grid gap-4">
      <RefusalNote state={state} sentence={elsewhere('title-invalid')} />
      <input type="hidden" name="id" value={id} />
      <TextField
        name="title"
        label={t('renameField')}
        defaultValue={state.status === 'refused' ? typed(state, 'title') : title}
        error={at('title-invalid')}
        autoComplete="off"
        autoFocus
        onFocus={(event) => event.currentTarget.select()}
      />
      <div className="mt-2 flex justify-end gap-2 phone:flex-col-reverse">
        <Button className="phone:h-12" onClick={onClose}>
          {t('cancel')}
        </Button>
        <Button type="submit" kind="ink" busy={busy} className="phone:h-12">
          {t('save')}
        </Button>
      </div>
    </form>
  );
}

function DeleteQuestion({
  id,
  title,
  recordings,
  open,
  onOpenChange,
}: {
  id: string;
  title: string;
  recordings: number;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}) {
  const t = useTranslations('pages.meeting');
  const sentence = useRefusalSentence();
  const [error, setError] = useState<string>();
  const [busy, start] = useTransition();
  return (
    <Question
      open={open}
      onOpenChange={(next) => {
        setError(undefined);
        onOpenChange(next);
      }}
      title={t('deleteTitle')}
      keep={t('keep')}
      go={t('delete')}
      busy={busy}
      error={error}
      onGo={() =>
        start(async () => {
          const answer = await orAway(deleteMeeting(id));
          if (!answer.ok) setError(sentence(answer.code));
        })
      }
    >
      {t('deleteText', { title, recordings })}
    </Question>
  );
}
